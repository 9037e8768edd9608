import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type IncomingMessage, request, type RequestOptions } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { LocalVideoTrack, Room } from 'framewire';
import { type Color, colorDistance, whenIdle } from 'framewire/testing';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { MAX_GUESTS } from '../../src/cli/demo/protocol.js';
import { launchChromium } from '../support/chromium.js';
import { Demo } from '../support/demo.js';
import { Painter } from '../support/painter.js';
import { describeWith } from '../support/tools.js';

/** What the agent writes its label on. */
const AGENTS_RED: Color = [150, 20, 0];
/** A part of that on which it writes nothing; and the middle of the picture. */
const LABEL = { x: 0.75, y: 0.047, width: 0.2, height: 0.004 };
const MIDDLE = { x: 0.3, y: 0.3, width: 0.4, height: 0.4 };
/** Codecs change colours a little, and so does a picture that is scaled. */
const TOLERANCE = 40;
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1200, height: 900 };

jest.setTimeout(process.env['FRAMEWIRE_SCREENSHOT'] ? 240_000 : 90_000);

describeWith('chromium', 'the page of framewire demo', () => {
  let demo: Demo;
  let browser: Browser;
  let page: Page;
  /** What a user would see in the browser's console. */
  const complaints: string[] = [];
  const requests: URL[] = [];

  async function visit(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: DESK, ...options });
    context.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        complaints.push(message.text());
      }
    });
    context.on('weberror', (error) => complaints.push(String(error.error())));
    context.on('request', (one) => requests.push(new URL(one.url())));
    await context.addInitScript({ path: join(__dirname, '../support/programs/page-probes.js') });
    const opened = await context.newPage();
    opened.on('websocket', (socket) => requests.push(new URL(socket.url())));
    await opened.goto(demo.page);
    await opened.waitForSelector('#state[data-state=joined]');
    return opened;
  }

  /** Whatever the test before has left: the page's camera is off, and nobody shows the agent anything. */
  async function nobodyIsSeen(): Promise<void> {
    const others = browser.contexts().filter((context) => context !== page.context());
    await Promise.all([SilentGuest.allLeave(), ...others.map((other) => other.close())]);
    const on = (await page.getAttribute('#camera-button', 'aria-pressed')) === 'true';
    if (on) await page.click('#camera-button');
    await demo.untilGuests([]);
  }

  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launchChromium()]);
    page = await visit();
  });
  afterAll(async () => {
    await Promise.all([browser.close(), demo.interrupt(), SilentGuest.allLeave()]);
    await whenIdle();
  });

  it("shows the painter's and the agent's pictures with live figures", async () => {
    await Promise.all(['#painter', '#agent'].map((card) => shows(page, `${card} video`)));
    const agents = await colorOf(page, '#agent video', LABEL);
    const painters = await colorOf(page, '#painter video', LABEL);
    expect(colorDistance(agents, AGENTS_RED)).toBeLessThan(TOLERANCE);
    expect(colorDistance(painters, AGENTS_RED)).toBeGreaterThan(TOLERANCE);
    for (const way of ['painter', 'agent', 'painter-to-agent', 'agent-to-viewer']) {
      await aboveZero(page, `${way}-fps`);
      await aboveZero(page, `${way}-latency`);
      expect(await figure(page, `${way}-lost`)).toBeGreaterThanOrEqual(0);
    }
    // One point a second: a line has two.
    await page.locator('[data-figure=agent-fps] .path[d*=L]').waitFor({ state: 'attached' });
  });

  it("plays the painter's tone after a click, and not before", async () => {
    expect(await page.textContent('#sound')).toContain('Off: browsers play none before a click.');
    await page.click('#sound-button');
    await page
      .locator('#pitch')
      .filter({ hasText: /^4[34]\d Hz$/ })
      .waitFor();
    await page.click('#sound-button');
    await page.locator('#pitch').waitFor({ state: 'hidden' });
  });

  it('shows what is said in the chat, as it is, and what the agent answers', async () => {
    const says = async (line: string): Promise<void> => {
      await page.fill('#line', line);
      await page.press('#line', 'Enter');
    };
    const answer = (pattern: RegExp) =>
      page.locator('#messages li', { hasText: 'Agent' }).filter({ hasText: pattern }).waitFor();
    await says('<i>Good evening!</i>');
    await answer(/You said: <i>Good evening!<\/i>/);
    expect(await page.locator('#messages i').count()).toBe(0);
    await says('fps');
    await answer(/I get \d+\.\d pictures a second from the painter/);
    await page.getByRole('button', { name: 'who' }).click();
    await answer(/Here are .*Guest 1/);
  });

  it('publishes the camera and shows the edges of it that come back', async () => {
    await page.click('#camera-button');
    await Promise.all(['#own', '#returned'].map((video) => shows(page, video)));
    const sent = await colorOf(page, '#own', LABEL);
    const returned = await colorOf(page, '#returned', LABEL);
    expect(colorDistance(returned, AGENTS_RED)).toBeLessThan(TOLERANCE);
    expect(colorDistance(sent, AGENTS_RED)).toBeGreaterThan(TOLERANCE);
    // In the middle of the fake camera's picture grows a yellowish disc. The agent makes colours
    // stronger, which leaves no red in it but that of its edges.
    const [before, after] = await Promise.all([mostRed(page, '#own'), mostRed(page, '#returned')]);
    expect(before).toBeGreaterThan(10);
    expect(after).toBeLessThan(before / 2);
    await demo.untilGuests(['processed']);
    await aboveZero(page, 'you-fps');
    await aboveZero(page, 'you-latency');
    expect(await page.textContent('#camera-text')).toContain('The agent sees you');
    await takePicture(page);

    await page.click('#camera-button');
    await demo.untilGuests([]);
    expect(await page.isVisible('#returned + .empty')).toBe(true);
  });

  it("frees what it has for a guest whose tab is closed, and takes the next one's camera", async () => {
    await nobodyIsSeen();
    const other = await visit();
    await other.click('#camera-button');
    await demo.untilGuests(['processed']);
    await other.close({ runBeforeUnload: true });
    await demo.untilGuests([]);
    await page.click('#camera-button');
    await shows(page, '#returned');
    expect(await page.isVisible('#returned + .empty')).toBe(false);
  });

  it('tells whoever comes when all places are taken', async () => {
    await nobodyIsSeen();
    const places = Array.from({ length: MAX_GUESTS }, () => 'processed');
    await Promise.all(places.map(() => SilentGuest.join(demo)));
    await demo.untilGuests(places);
    await page.click('#camera-button');
    await page
      .locator('#camera-text')
      .filter({ hasText: 'You are number 1 in the line' })
      .waitFor();
    expect(await page.isVisible('#returned + .empty')).toBe(true);
    await SilentGuest.allLeave();
    await shows(page, '#returned');
  });

  it('joins again when it is reloaded, with its camera off', async () => {
    await nobodyIsSeen();
    await page.click('#camera-button');
    await demo.untilGuests(['processed']);
    await page.reload();
    await page.waitForSelector('#state[data-state=joined]');
    await demo.untilGuests([]);
    await shows(page, '#agent video');
    expect(await page.getAttribute('#camera-button', 'aria-pressed')).toBe('false');
  });

  it('says so when the camera is refused, and goes on', async () => {
    await nobodyIsSeen();
    await page.evaluate('probes.refuseCamera()');
    await page.click('#camera-button');
    await page.locator('#camera-text').filter({ hasText: 'that was refused' }).waitFor();
    expect(await page.textContent('#camera-button')).toBe('Show the agent my camera');
    expect(await page.getAttribute('#state', 'data-state')).toBe('joined');
  });

  it.each([PHONE, DESK])('fits a window of $width pixels', async (size) => {
    await page.setViewportSize(size);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(size.width);
  });

  it('asks nobody but this machine for anything, and complains of nothing', () => {
    expect(requests.length).toBeGreaterThan(5);
    expect(requests.filter(({ hostname }) => hostname !== '127.0.0.1')).toEqual([]);
    // Of 15 seconds in which the browser got no time, on a machine that has a lot else to do.
    const slow = /negotiation timed out/;
    expect(complaints.filter((one) => !slow.test(one))).toEqual([]);
  });

  it('gives what it has to its own page alone', async () => {
    const { host, port } = new URL(demo.page);
    const ask = (path: string, headers: Record<string, string>, method = 'GET') =>
      answer(demo.page, { path, method, headers });
    expect(await ask('/', { host: `rebound.example:${port}` })).toMatchObject({ status: 403 });
    expect(await ask('/', { host: `localhost:${port}` })).toMatchObject({ status: 200 });
    const foreign = { host, origin: 'http://elsewhere.example' };
    expect(await ask('/join', foreign, 'POST')).toMatchObject({ status: 403 });
    expect(await ask('/join', { host })).toMatchObject({ status: 405 });
    expect(await ask('/../main.js', { host })).toMatchObject({ status: 404 });
    const { headers } = await ask('/', { host });
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'self'; connect-src 'self' ws:\/\/127\.0\.0\.1:\d+ http:\/\/127\.0\.0\.1:\d+;/,
    );
    const joined = await ask('/join', { host }, 'POST');
    const { token } = JSON.parse(joined.body) as { token: string };
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<
      'exp' | 'nbf',
      number
    >;
    expect(claims.exp - claims.nbf).toBeLessThanOrEqual(60);
  });

  it('says that the demo has ended, which no open page holds up, and joins the next one', async () => {
    const { port } = new URL(demo.page);
    expect(await demo.interrupt()).toBe(0);
    await page.waitForSelector('#state[data-state=ended]');
    expect(await page.textContent('#state')).toContain('npm run demo');
    demo = await Demo.start('--page-port', port);
    await page.waitForSelector('#state[data-state=joined]');
    await shows(page, '#agent video');
  });

  it('says that the demo does not answer, when it was killed', async () => {
    demo.kill();
    await page.locator('#state').filter({ hasText: 'The demo doesn’t answer' }).waitFor();
    expect(await page.textContent('#state')).toContain('npm run demo');
  });
});

/** A guest who shows the agent a picture that costs next to nothing. */
class SilentGuest {
  static readonly #present = new Set<SilentGuest>();
  readonly #room = new Room();
  readonly #painter = new Painter([128, 128, 128], { width: 64, height: 36 });

  static async join(demo: Demo): Promise<SilentGuest> {
    const guest = new SilentGuest();
    SilentGuest.#present.add(guest);
    const answer = await fetch(new URL('join', demo.page), { method: 'POST' });
    const { url, token } = (await answer.json()) as { url: string; token: string };
    await guest.#room.connect(url, token, { autoSubscribe: false });
    const track = LocalVideoTrack.create('picture', guest.#painter.source);
    await guest.#room.localParticipant.publishTrack(track);
    guest.#painter.start();
    return guest;
  }

  /** Lets those leave who are still there. */
  static async allLeave(): Promise<void> {
    await Promise.all([...SilentGuest.#present].map((guest) => guest.leave()));
  }

  async leave(): Promise<void> {
    SilentGuest.#present.delete(this);
    this.#painter.close();
    await this.#room.disconnect();
  }
}

/** A figure of the page, once there is one. */
async function figure(page: Page, name: string): Promise<number> {
  const value = page.locator(`[data-figure=${name}] .value`).filter({ hasText: /\d/ });
  return Number(await value.textContent());
}

/** Resolves when a figure of the page is above zero: the first one may be of a second with nothing in it. */
async function aboveZero(page: Page, name: string): Promise<void> {
  await page.locator(`[data-figure=${name}] .value`).filter({ hasText: /[1-9]/ }).waitFor();
}

/** Resolves when a video shows something. */
async function shows(page: Page, selector: string): Promise<void> {
  await page.evaluate(`probes.shows('${selector}')`);
}

/** The mean colour of a part of what a video shows. */
async function colorOf(page: Page, selector: string, part: object): Promise<Color> {
  return page.evaluate<Color>(`probes.color('${selector}', ${JSON.stringify(part)})`);
}

/** The most of red that the middle of a video has within a while. */
async function mostRed(page: Page, selector: string): Promise<number> {
  return page.evaluate<number>(`probes.mostRed('${selector}', ${JSON.stringify(MIDDLE)})`);
}

/** What the server of the page answers to a request as it was never made by a browser. */
async function answer(url: string, options: RequestOptions) {
  const asked = request(url, options).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const { statusCode: status, headers } = response;
  return { status, headers, body: await text(response) };
}

/** Writes the picture of the README, if that is what the tests are run for. */
async function takePicture(page: Page): Promise<void> {
  const path = process.env['FRAMEWIRE_SCREENSHOT'];
  if (!path) return;
  await page.click('#sound-button');
  // Only then as large as it's taken: to grow for the picture would show in the figures.
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  await page.setViewportSize({ ...DESK, height });
  // For charts that have something to show.
  await page.waitForTimeout(40_000);
  const image = await loadImage(await page.screenshot());
  await page.click('#sound-button');
  await page.setViewportSize(DESK);
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, image.width, image.height);
  // What a codec adds takes half of a PNG, and nobody sees it.
  for (const [i, value] of pixels.data.entries()) {
    if (i % 4 < 3) pixels.data[i] = Math.min(255, Math.round(value / 4) * 4);
  }
  context.putImageData(pixels, 0, 0);
  await writeFile(path, await canvas.encode('png'));
}
