import { type ChatMessage, type Participant, RoomEvent } from 'livekit-client';
import { byId, make } from './elements.js';
import type { Visit } from './visit.js';

/** The most lines that are kept. */
const MAX_LINES = 100;
const SUGGESTIONS = ['fps', 'latency', 'who', 'help'] as const;

/** The room's chat, in which the agent answers. */
export class Chat {
  readonly #visit: Visit;
  readonly #messages = byId('messages', HTMLOListElement);
  readonly #line = byId('line', HTMLInputElement);
  readonly #send = byId('send', HTMLButtonElement);
  readonly #suggestions: readonly HTMLButtonElement[];

  constructor(visit: Visit) {
    this.#visit = visit;
    visit.eachRoom((room) => {
      room.on(RoomEvent.ChatMessage, (message, participant) => {
        // Our own lines are shown when they're sent.
        if (participant && !participant.isLocal) this.#show(message, participant);
      });
    });
    byId('chat-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      const text = this.#line.value.trim();
      if (text === '') return;
      this.#line.value = '';
      void this.#say(text);
    });
    this.#suggestions = SUGGESTIONS.map((text) => {
      const button = make('button', 'small', text);
      button.type = 'button';
      button.addEventListener('click', () => void this.#say(text));
      return button;
    });
    byId('suggestions', HTMLElement).append(...this.#suggestions);
    this.enabled = false;
  }

  /** Whether something can be said. */
  set enabled(enabled: boolean) {
    for (const one of [this.#line, this.#send, ...this.#suggestions]) one.disabled = !enabled;
  }

  async #say(text: string): Promise<void> {
    const { me } = this.#visit;
    if (!me) return;
    try {
      // What every LiveKit client shows as chat; text streams, which it recommends, are something else.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      this.#show(await me.sendChatMessage(text), me);
    } catch (error) {
      this.#add(
        '',
        `“${text}” was not sent: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  #show({ message }: ChatMessage, participant: Participant): void {
    const { identity, name } = participant;
    const who = participant.isLocal ? 'You' : name || (identity === 'agent' ? 'Agent' : identity);
    this.#add(who, message);
  }

  #add(who: string, text: string): void {
    const line = make('li', who === 'You' ? 'mine' : '');
    line.append(make('b', '', who), make('span', '', text));
    this.#messages.append(line);
    while (this.#messages.childElementCount > MAX_LINES) this.#messages.firstElementChild?.remove();
    this.#messages.scrollTop = this.#messages.scrollHeight;
  }
}
