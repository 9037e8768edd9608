import type { SKRSContext2D } from '@napi-rs/canvas';
import { PICTURE } from './protocol.js';

const { width, height } = PICTURE;
const HORIZON = 500;
const SUN = { x: 690, y: 452, radius: 58 };

/** Paints what doesn't move: a bay at dusk. */
export function paintLandscape(context: SKRSContext2D): void {
  context.fillStyle = fade(context, 0, HORIZON, [
    [0, '#231942'],
    [0.45, '#6d3f7d'],
    [0.8, '#e0719a'],
    [1, '#ffb880'],
  ]);
  context.fillRect(0, 0, width, HORIZON);
  paintStars(context);
  paintSun(context);
  paintRidge(context, {
    base: 470,
    color: '#7b4b82',
    waves: [
      [38, 3, 0.4],
      [16, 7, 2],
    ],
  });
  paintRidge(context, {
    base: 488,
    color: '#533567',
    waves: [
      [30, 4, 2.6],
      [12, 11, 0.7],
    ],
  });
  paintWater(context);
  paintShore(context);
}

function fade(
  context: SKRSContext2D,
  top: number,
  bottom: number,
  stops: readonly (readonly [at: number, color: string])[],
) {
  const gradient = context.createLinearGradient(0, top, 0, bottom);
  for (const [at, color] of stops) gradient.addColorStop(at, color);
  return gradient;
}

function paintStars(context: SKRSContext2D): void {
  // A fixed sequence that looks random: the golden ratio's multiples.
  for (let i = 1; i <= 90; i++) {
    const x = ((i * 0.618034) % 1) * width;
    const y = ((i * 0.754878) % 1) ** 1.6 * 300;
    context.fillStyle = `rgba(255, 244, 220, ${0.85 - y / 400})`;
    const size = i % 9 === 0 ? 3 : 2;
    context.fillRect(Math.round(x), Math.round(y), size, size);
  }
}

function paintSun(context: SKRSContext2D): void {
  const { x, y, radius } = SUN;
  const glow = context.createRadialGradient(x, y, radius, x, y, radius * 4.5);
  glow.addColorStop(0, 'rgba(255, 226, 160, 0.75)');
  glow.addColorStop(1, 'rgba(255, 190, 130, 0)');
  context.fillStyle = glow;
  context.fillRect(0, 0, width, HORIZON);
  context.fillStyle = '#fff1c9';
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** Mountains: a sum of waves, each of a height in pixels, a number across the picture and a phase. */
function paintRidge(
  context: SKRSContext2D,
  options: {
    readonly base: number;
    readonly color: string;
    readonly waves: readonly (readonly [size: number, count: number, phase: number])[];
  },
): void {
  context.fillStyle = options.color;
  context.beginPath();
  context.moveTo(0, HORIZON);
  for (let x = 0; x <= width; x += 4) {
    let y = options.base;
    for (const [size, count, phase] of options.waves) {
      // The absolute value makes peaks of hills.
      y -= size * Math.abs(Math.sin((x / width) * Math.PI * count + phase));
    }
    context.lineTo(x, y);
  }
  context.lineTo(width, HORIZON);
  context.fill();
}

function paintWater(context: SKRSContext2D): void {
  context.fillStyle = fade(context, HORIZON, height, [
    [0, '#d98aa0'],
    [0.25, '#7a5590'],
    [1, '#1f2350'],
  ]);
  context.fillRect(0, HORIZON, width, height - HORIZON);
  // The sun's path: lines that widen towards the shore.
  for (let i = 0; i < 16; i++) {
    const y = HORIZON + 6 + i * i * 0.62;
    const half = 46 + i * 9 + 22 * Math.sin(i * 2.4);
    context.fillStyle = `rgba(255, 226, 160, ${0.6 - i * 0.03})`;
    context.beginPath();
    context.roundRect(SUN.x - half + 14 * Math.sin(i * 1.9), y, half * 2, 2 + i * 0.28, 2);
    context.fill();
  }
}

/** The land in front, with the trees on it. */
function paintShore(context: SKRSContext2D): void {
  context.fillStyle = '#171233';
  context.beginPath();
  context.moveTo(0, 610);
  context.bezierCurveTo(170, 610, 210, 660, 390, 676);
  context.lineTo(900, 690);
  context.bezierCurveTo(1080, 670, 1120, 620, width, 600);
  context.lineTo(width, height);
  context.lineTo(0, height);
  context.fill();
  for (const [x, foot, size] of [
    [60, 622, 92],
    [118, 628, 66],
    [1225, 616, 104],
    [1165, 632, 70],
  ] as const) {
    for (let storey = 0; storey < 4; storey++) {
      const top = foot - size + (storey * size) / 5;
      const half = 10 + storey * size * 0.09;
      context.beginPath();
      context.moveTo(x, top);
      context.lineTo(x + half, top + size * 0.4);
      context.lineTo(x - half, top + size * 0.4);
      context.fill();
    }
  }
}
