import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { messageOf } from '../../../core/errors.js';
import type { RoleName } from '../protocol.js';
import { pageHeaders, refusal } from './page-headers.js';
import type { PageNews, Ticket } from './page-news.js';

const LOOPBACK = '127.0.0.1';

/** Everything that there is to get, by its path: a file of the page, and of what type. */
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/metadata-worker.js': ['metadata-worker.js', 'text/javascript; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
  '/licenses.txt': ['licenses.txt', 'text/plain; charset=utf-8'],
};

/** How many pages are told the news at once. */
const MAX_LISTENERS = 32;
/** A page that leaves this much unread is no longer told. */
const MAX_UNREAD_BYTES = 256 * 1024;
const TEXT = 'text/plain; charset=utf-8';

/** How a {@link PageServer} is made. */
export interface PageServerOptions {
  /** The folder of the built page. */
  readonly folder: string;
  /** Default: a free one. */
  readonly port: number | undefined;
  /** Where the pages' room is: they may speak to it, and to nobody else. */
  readonly livekitUrl: string;
  /** Makes what a page joins with. */
  readonly ticket: () => Promise<Ticket>;
}

/** Serves the demo's page on this machine alone, and tells those who have it open what is new. */
export class PageServer implements AsyncDisposable {
  readonly #options: PageServerOptions;
  readonly #server: Server;
  readonly #headers: ReturnType<typeof pageHeaders>;
  readonly #listeners = new Set<ServerResponse>();
  readonly #news = new Map<RoleName, string>();

  private constructor(options: PageServerOptions) {
    this.#options = options;
    this.#headers = pageHeaders(options.livekitUrl);
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        const text = messageOf(error);
        if (!response.headersSent) this.#send(response, 500, TEXT, `${text}\n`);
        else response.destroy();
      });
    });
  }

  /** Begins to serve. @throws the system's error if the port can't be had. */
  static async open(options: PageServerOptions): Promise<PageServer> {
    const page = new PageServer(options);
    page.#server.listen({ port: options.port ?? 0, host: LOOPBACK, exclusive: true });
    await once(page.#server, 'listening');
    return page;
  }

  /** Where the page is. */
  get url(): string {
    return `http://${LOOPBACK}:${this.#port}/`;
  }

  /** Tells the open pages something, and those that will be opened. */
  tell(news: PageNews): void {
    const event = `data: ${JSON.stringify(news)}\n\n`;
    this.#news.set(news.role, event);
    for (const listener of this.#listeners) {
      if (listener.writableLength > MAX_UNREAD_BYTES) listener.destroy();
      else listener.write(event);
    }
  }

  /** Tells the open pages that it's over, and ends. Safe to call twice. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    const told = [...this.#listeners].map(
      (listener) =>
        new Promise<void>((resolve) => {
          listener.end('event: end\ndata: {}\n\n', resolve);
          // Who doesn't read is not waited for.
          listener.once('close', resolve);
          setTimeout(resolve, 200).unref();
        }),
    );
    await Promise.all(told);
    this.#server.closeAllConnections();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Nothing that is asked here has a body, and none is read.
    request.resume();
    const refused = refusal(request, this.#port);
    if (refused !== undefined) {
      this.#send(response, 403, TEXT, `${refused}\n`);
      return;
    }
    const path = request.url?.split('?', 1)[0] ?? '/';
    if (path === '/join') {
      if (request.method !== 'POST') this.#wrongMethod(response, 'POST');
      else this.#send(response, 200, 'application/json', JSON.stringify(await this.#ticket()));
      return;
    }
    if (path === '/news') {
      if (request.method !== 'GET') this.#wrongMethod(response, 'GET');
      else this.#listen(response);
      return;
    }
    const file = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
    if (!file) {
      this.#send(response, 404, TEXT, 'There is no such page.\n');
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      this.#wrongMethod(response, 'GET, HEAD');
    } else {
      const [name, type] = file;
      this.#send(response, 200, type, await readFile(join(this.#options.folder, name)));
    }
  }

  #ticket(): Promise<Ticket> {
    return this.#options.ticket();
  }

  #listen(response: ServerResponse): void {
    if (this.#listeners.size >= MAX_LISTENERS) {
      this.#send(response, 503, TEXT, `The demo has ${MAX_LISTENERS} pages open already.\n`);
      return;
    }
    response.writeHead(200, { ...this.#headers, 'content-type': 'text/event-stream' });
    response.on('error', () => {
      // A page that was closed; 'close' follows.
    });
    response.once('close', () => this.#listeners.delete(response));
    response.write('retry: 1000\n\n');
    for (const event of this.#news.values()) response.write(event);
    this.#listeners.add(response);
  }

  #wrongMethod(response: ServerResponse, allow: string): void {
    response.setHeader('allow', allow);
    this.#send(response, 405, TEXT, `This takes ${allow}.\n`);
  }

  #send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
    const length = Buffer.byteLength(body);
    response.writeHead(status, {
      ...this.#headers,
      'content-type': type,
      'content-length': length,
    });
    response.end(response.req.method === 'HEAD' ? undefined : body);
  }
}
