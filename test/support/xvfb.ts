import { createConnection, type Socket } from 'node:net';
import { once } from 'node:events';
import type { Color } from 'framewire/testing';
import { ByteReader } from './byte-reader.js';
import { RigProcess } from './rig-process.js';
import { toolPath } from './tools.js';

/** A rectangle of one colour. */
export interface Patch {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly color: Color;
}

/** What a {@link VirtualScreen} is like. */
export interface VirtualScreenOptions {
  /** Default 320. */
  readonly width?: number;
  /** Default 240. */
  readonly height?: number;
  /** The display that it's to be, such as `:3`. Default: one that is free. */
  readonly display?: string;
}

/** An X server of the test's own, with a screen that shows what the test draws, and nothing else: black at first. */
export class VirtualScreen {
  readonly width: number;
  readonly height: number;
  /** What DISPLAY is to be, such as `:3`. */
  readonly display: string;
  readonly #server: RigProcess;
  readonly #painter: X11Painter;

  private constructor(
    server: RigProcess,
    painter: X11Painter,
    where: { readonly display: string; readonly width: number; readonly height: number },
  ) {
    this.#server = server;
    this.#painter = painter;
    this.display = where.display;
    this.width = where.width;
    this.height = where.height;
  }

  /** Starts one on a display that is free. Close it when the tests are done; it ends with this process at the latest. */
  static async start({
    width = 320,
    height = 240,
    display,
  }: VirtualScreenOptions = {}): Promise<VirtualScreen> {
    const server = new RigProcess(
      toolPath('xvfb'),
      [
        ...(display === undefined ? [] : [display]),
        ...['-displayfd', '3', '-screen', '0', `${width}x${height}x24`],
        // Without it the picture is gone when the last client is.
        ...['-noreset', '-nolisten', 'tcp'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] },
    );
    try {
      let text = '';
      const pipe = server.child.stdio[3]!;
      pipe.on('data', (chunk: Buffer) => (text += chunk.toString()));
      const number = await server.until(
        (look) => pipe.on('data', look),
        () => /^(\d+)\n/.exec(text)?.[1],
      );
      const painter = await X11Painter.connect(Number(number));
      const screen = new VirtualScreen(server, painter, { display: `:${number}`, width, height });
      await screen.draw([{ x: 0, y: 0, width, height, color: [0, 0, 0] }]);
      return screen;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** What a client has to have in its environment. */
  get env(): Readonly<Record<string, string>> {
    return { DISPLAY: this.display };
  }

  /** Draws rectangles, the last one on top. Resolves when they are on the screen. */
  draw(patches: readonly Patch[]): Promise<void> {
    return this.#painter.draw(patches);
  }

  /** Kills the server, as a crash does. */
  async kill(): Promise<void> {
    this.#painter.close();
    await this.#server.close();
  }

  /** Ends the server. Safe to call twice. */
  close(): Promise<void> {
    return this.kill();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** As much of the X protocol as it takes to fill rectangles, little endian. */
class X11Painter {
  readonly #socket: Socket;
  readonly #answers: ByteReader;
  readonly #root: number;
  readonly #context: number;

  private constructor(
    socket: Socket,
    answers: ByteReader,
    ids: { readonly root: number; readonly context: number },
  ) {
    this.#socket = socket;
    this.#answers = answers;
    this.#root = ids.root;
    this.#context = ids.context;
  }

  static async connect(display: number): Promise<X11Painter> {
    const socket = createConnection(`/tmp/.X11-unix/X${display}`);
    await once(socket, 'connect');
    // 'l' for little endian, and version 11.0; no authorization.
    socket.write(Buffer.from([0x6c, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    const answers = new ByteReader(socket);
    const head = await answers.read(8);
    const setup = await answers.read(head.readUInt16LE(6) * 4);
    if (head[0] !== 1) throw new Error(`The X server refused: ${setup.toString()}`);
    const vendorLength = setup.readUInt16LE(16);
    const formats = setup[21]!;
    const root = setup.readUInt32LE(32 + Math.ceil(vendorLength / 4) * 4 + formats * 8);
    // Any id within the client's own range.
    const context = setup.readUInt32LE(4);
    const create = Buffer.alloc(16);
    create.writeUInt8(55, 0);
    create.writeUInt16LE(4, 2);
    create.writeUInt32LE(context, 4);
    create.writeUInt32LE(root, 8);
    socket.write(create);
    return new X11Painter(socket, answers, { root, context });
  }

  async draw(patches: readonly Patch[]): Promise<void> {
    for (const { x, y, width, height, color } of patches) {
      const change = Buffer.alloc(16);
      change.writeUInt8(56, 0);
      change.writeUInt16LE(4, 2);
      change.writeUInt32LE(this.#context, 4);
      // The foreground.
      change.writeUInt32LE(4, 8);
      change.writeUInt32LE((color[0] << 16) | (color[1] << 8) | color[2], 12);
      const fill = Buffer.alloc(20);
      fill.writeUInt8(70, 0);
      fill.writeUInt16LE(5, 2);
      fill.writeUInt32LE(this.#root, 4);
      fill.writeUInt32LE(this.#context, 8);
      fill.writeInt16LE(x, 12);
      fill.writeInt16LE(y, 14);
      fill.writeUInt16LE(width, 16);
      fill.writeUInt16LE(height, 18);
      this.#socket.write(Buffer.concat([change, fill]));
    }
    // GetInputFocus: its answer comes when all before it is done.
    this.#socket.write(Buffer.from([43, 0, 1, 0]));
    const answer = await this.#answers.read(32);
    if (answer[0] !== 1) throw new Error(`The X server did not draw: error ${answer[1]}.`);
  }

  close(): void {
    this.#socket.destroy();
  }
}
