import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type CameraOptions, type LiveVideoStream, openCamera } from 'framewire/capture';
import type { VideoFrame } from 'framewire';
import { ffmpegPath } from './ffmpeg.js';

/** Opens what a graph of ffmpeg's filters shows, as a camera. */
export function openGraph(graph: string, options: CameraOptions = {}): Promise<LiveVideoStream> {
  return openCamera({ backend: 'lavfi', device: graph, ffmpegPath: ffmpegPath(), ...options });
}

/** The next frame of a stream, which has to have one. */
export async function nextFrame(stream: LiveVideoStream): Promise<VideoFrame> {
  const { done, value } = await stream.next();
  if (done) throw new Error('The stream ended.');
  return value;
}

/** Resolves when that many frames more have come, whether anybody read them or not. */
export async function untilReceived(stream: LiveVideoStream, more: number): Promise<void> {
  const enough = stream.stats.received + more;
  while (stream.stats.received < enough) await delay(10);
}

/** Those that were there before this file of tests: the files share a process. */
const others = new Set(allChildren());

/** The processes that this file of tests has started and that still run, of all threads. */
export function childProcesses(): readonly number[] {
  return allChildren().filter((pid) => !others.has(pid));
}

function allChildren(): readonly number[] {
  return readdirSync('/proc/self/task').flatMap((thread) => {
    try {
      const text = readFileSync(`/proc/self/task/${thread}/children`, 'utf8');
      return text.split(' ').filter(Boolean).map(Number);
    } catch {
      // The thread has ended.
      return [];
    }
  });
}

/** How many files, sockets and pipes this process has open. */
export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
