// Publishes what is drawn on a canvas: a ball that goes round, and a clock.
// Run it: npm run sample -- publish-a-drawing [--seconds 5]

import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { FramePacer, LocalVideoTrack, Room, VideoFrame, VideoSource } from 'framewire';
import { runSample } from './support/run-sample.js';

const WIDTH = 640;
const HEIGHT = 360;

runSample({ company: 'audience' }, async ({ url, token, signal }) => {
  await using room = new Room();
  await room.connect(url, await token('painter'), { signal });

  // A drawing is published as a screen would be: the encoder prefers sharp lines to smooth motion.
  using source = new VideoSource({ width: WIDTH, height: HEIGHT, screencast: true });
  const track = LocalVideoTrack.create('drawing', source);
  await room.localParticipant.publishTrack(track, { maxFps: 30 });

  const canvas = createCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d');
  using pacer = new FramePacer({ fps: 30, signal });
  for await (const { timestampUs } of pacer) {
    draw(context, timestampUs / 1_000_000);
    // The canvas gives its pixels as RGBA.
    using frame = new VideoFrame(canvas.data(), { width: WIDTH, height: HEIGHT, format: 'RGBA' });
    source.captureFrame(frame);
  }
  console.log(`Published ${source.framesCaptured} drawings.`);
});

function draw(context: SKRSContext2D, seconds: number): void {
  context.fillStyle = 'rgb(20, 40, 120)';
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = 'rgb(255, 160, 0)';
  context.beginPath();
  context.arc(320 + 120 * Math.cos(seconds), 180 + 120 * Math.sin(seconds), 40, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = 'white';
  context.font = '32px sans-serif';
  context.fillText(`${seconds.toFixed(2)} s`, 270, 190);
}
