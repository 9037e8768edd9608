import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from './chromium.js';
import { Peer } from './peer.js';

/** livekit-client in a page of a headless Chromium. */
export class BrowserPeer extends Peer {
  readonly #server: Server;
  readonly #browser: Browser;
  readonly #page: Page;

  private constructor(server: Server, browser: Browser, page: Page) {
    super();
    this.#server = server;
    this.#browser = browser;
    this.#page = page;
  }

  /** Starts the browser and opens the page. */
  static async launch(): Promise<BrowserPeer> {
    const server = await servePage();
    const browser = await launchChromium();
    const page = await browser.newPage();
    // By name, since a page may use a camera and workers only where it's secure.
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}`);
    return new BrowserPeer(server, browser, page);
  }

  /** Publishes the fake camera and the fake microphone. */
  async publishDevices(): Promise<void> {
    await this.call('publishDevices', {});
  }

  async sendChat(message: string): Promise<void> {
    await this.call('sendChat', { message });
  }

  /** Loads the page again, as people do: it's out of the room without a word. */
  async reload(): Promise<void> {
    await this.#page.reload();
  }

  override async close(): Promise<void> {
    await this.#browser.close();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  protected override call(method: string, params: object): Promise<unknown> {
    return this.#page.evaluate(
      ([name, args]) => {
        const { peer } = globalThis as unknown as {
          readonly peer: Record<string, (args: object) => unknown>;
        };
        const called = peer[name];
        if (!called) throw new Error(`The page has no '${name}'.`);
        return called(args);
      },
      [method, params] as const,
    );
  }
}

/** The page and its scripts, on loopback. */
async function servePage(): Promise<Server> {
  const { outputFiles } = buildSync({
    entryPoints: [join(__dirname, 'programs', 'browser-peer.mjs')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  });
  const script = (name: string): Promise<Buffer> => readFile(require.resolve(name));
  const files = new Map<string | undefined, readonly [type: string, content: string | Buffer]>([
    [
      '/',
      ['text/html', '<!doctype html><title>peer</title><script src="/peer.js"></script><body>'],
    ],
    ['/peer.js', ['text/javascript', outputFiles[0]?.text ?? '']],
    ['/e2ee-worker.js', ['text/javascript', await script('livekit-client/e2ee-worker')]],
    [
      '/frame-metadata-worker.js',
      ['text/javascript', await script('livekit-client/frame-metadata-worker')],
    ],
  ]);
  const server = createServer(({ url }, response) => {
    const [type, content] = files.get(url) ?? ['text/plain', undefined];
    response.writeHead(content === undefined ? 404 : 200, { 'content-type': type });
    response.end(content);
  });
  await new Promise<void>((listening) => server.listen(0, 'localhost', listening));
  return server;
}
