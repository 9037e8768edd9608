import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request, type RequestOptions } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pageHeaders } from '../../src/cli/demo/page/page-headers.js';
import type { PageNews } from '../../src/cli/demo/page/page-news.js';
import { PageServer } from '../../src/cli/demo/page/page-server.js';

const NEWS: PageNews = {
  room: 'demo',
  role: 'agent',
  figures: { load: { eventLoopLagMs: 1, cpuPercent: 2 }, hops: {} },
  seconds: 3,
};

describe("the server of the demo's page", () => {
  let folder: string;
  let page: PageServer;
  let host: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'framewire-page-'));
    await writeFile(join(folder, 'index.html'), '<!doctype html>');
  });
  afterAll(() => rm(folder, { recursive: true }));

  beforeEach(async () => {
    page = await PageServer.open({
      folder,
      port: undefined,
      livekitUrl: 'ws://127.0.0.1:7880',
      ticket: () =>
        Promise.resolve({
          url: 'ws://127.0.0.1:7880',
          token: 't',
          room: 'r',
          identity: 'i',
          name: 'n',
        }),
    });
    ({ host } = new URL(page.url));
  });
  afterEach(() => page.close());

  async function ask(options: RequestOptions): Promise<IncomingMessage> {
    const asked = request(page.url, { agent: false, ...options }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return response;
  }

  it.each([
    ['its own address', 200, '/', {}],
    ['the name of this machine', 200, '/', { name: 'localhost' }],
    ['a name that leads here', 403, '/', { name: 'rebound.example' }],
    ['a site elsewhere', 403, '/join', { method: 'POST', origin: 'http://elsewhere.example' }],
    [
      'another port of this machine',
      403,
      '/join',
      { method: 'POST', origin: 'http://127.0.0.1:1' },
    ],
    ['a link to the token', 405, '/join', {}],
    ['a form', 405, '/', { method: 'POST' }],
    ['a file beside it', 404, '/../main.js', {}],
    ['a file that is no file', 404, '/constructor', {}],
    ['what is between the lines', 404, '/%2e%2e/main.js', {}],
  ])('answers %s with %i', async (_what, status, path, { name, method, origin }: Asking) => {
    const { port } = new URL(page.url);
    const headers = { host: `${name ?? '127.0.0.1'}:${port}`, ...(origin && { origin }) };
    const response = await ask({ path, headers, ...(method && { method }) });
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-security-policy']).toMatch(/^default-src 'self'; /);
    expect(response.headers['access-control-allow-origin']).toBeUndefined();
    await text(response);
  });

  it('gives a ticket to its page', async () => {
    const headers = { host, origin: `http://${host}` };
    const response = await ask({ path: '/join', method: 'POST', headers });
    expect(JSON.parse(await text(response))).toMatchObject({ identity: 'i', token: 't' });
  });

  it('tells what is newest to whoever comes, and that it is over to all, without delay', async () => {
    page.tell(NEWS);
    const early = await ask({ path: '/news' });
    page.tell({ ...NEWS, seconds: 4 });
    const late = await ask({ path: '/news' });
    // Each has heard something, so that both are listening.
    await Promise.all([once(early, 'readable'), once(late, 'readable')]);
    const heard = Promise.all([text(early), text(late)]);
    await page.close();
    const [one, other] = await heard;
    expect(one).toContain('"seconds":4');
    expect(other).toMatch(/^retry: 1000\n\ndata: \{.*"seconds":4\}\n\nevent: end\n/);
    await page.close();
  });

  it('closes for who does not read', async () => {
    const deaf = await ask({ path: '/news' });
    const left = new Promise((resolve) => deaf.once('close', resolve));
    deaf.pause();
    deaf.on('error', () => undefined);
    const long = { ...NEWS, room: 'x'.repeat(100_000) };
    // More than what the system keeps for it, and then what is kept here.
    for (let i = 0; i < 200; i++) page.tell(long);
    await page.close();
    deaf.resume();
    await left;
    expect(deaf.complete).toBe(false);
  });

  it('has so many pages open at once', async () => {
    const open = await Promise.all(Array.from({ length: 32 }, () => ask({ path: '/news' })));
    expect(open.map(({ statusCode }) => statusCode)).toEqual(Array(32).fill(200));
    const refused = await ask({ path: '/news' });
    expect(refused.statusCode).toBe(503);
    expect(await text(refused)).toContain('32 pages');
    for (const one of open) one.resume();
  });
});

interface Asking {
  readonly name?: string;
  readonly method?: string;
  readonly origin?: string;
}

describe('what the page may reach', () => {
  it.each([
    ['ws://127.0.0.1:7880', 'ws://127.0.0.1:7880 http://127.0.0.1:7880'],
    ['http://localhost:7880/', 'ws://localhost:7880 http://localhost:7880'],
    ['wss://livekit.example', 'wss://livekit.example https://livekit.example'],
    [
      'wss://mine.livekit.cloud',
      'wss://mine.livekit.cloud https://mine.livekit.cloud wss://*.livekit.cloud https://*.livekit.cloud',
    ],
  ])('is itself and %s', (url, addresses) => {
    const policy = pageHeaders(url)['content-security-policy'] as string;
    expect(policy).toContain(`connect-src 'self' ${addresses};`);
  });
});
