import { log } from '../../core/log.js';
import type { Room } from '../../room/room.js';
import { type AgentKnowledge, answerTo } from './chat-answer.js';

/** Who writes faster than is answered is not answered: so many answers of one guest's may wait. */
const MAX_WAITING = 20;

/** Answers what is said in a room's chat, each to whoever said it. */
export function answerChat(room: Room, knowledge: (identity: string) => AgentKnowledge): void {
  const waiting = new Map<string, number>();
  room.on('chatMessage', ({ message, editTimestampMs, generated }, participant) => {
    // What another program wrote is not answered: it might answer in turn.
    if (!participant || generated || editTimestampMs !== undefined) return;
    const { identity } = participant;
    const before = waiting.get(identity) ?? 0;
    if (before >= MAX_WAITING) return;
    waiting.set(identity, before + 1);
    room.localParticipant
      .sendChatMessage(answerTo(message, knowledge(identity)), {
        destinationIdentities: [identity],
      })
      .catch((error: unknown) => {
        if (room.connected) log('warn', 'a chat message is not answered', { error });
      })
      .finally(() => {
        const left = (waiting.get(identity) ?? 1) - 1;
        if (left > 0) waiting.set(identity, left);
        else waiting.delete(identity);
      });
  });
}
