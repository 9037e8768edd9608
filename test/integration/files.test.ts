import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ByteStreamReader, type Room, type SaveOptions, type StreamProgress } from 'framewire';
import { talkers } from '../support/data.js';
import { liveRooms } from '../support/live-rooms.js';
import { runProgram } from '../support/program.js';

const live = liveRooms();

let folder: string;
beforeEach(async () => {
  // Inside of another folder, so that what leaves it is seen.
  folder = join(await realpath(await mkdtemp(join(tmpdir(), 'framewire-'))), 'inbox');
  await mkdir(folder);
});
afterEach(async () => {
  await rm(join(folder, '..'), { recursive: true });
});

async function pair(): Promise<[alice: Room, bob: Room]> {
  const [alice, bob] = await talkers(live, 'alice', 'bob');
  return [alice!, bob!];
}

function nextFile(room: Room): Promise<ByteStreamReader> {
  return new Promise((resolve) => {
    const off = room.registerByteStreamHandler('files', (reader) => {
      off();
      resolve(reader);
    });
  });
}

/** Sends some text under a name, and saves what arrives. */
async function save(
  [alice, bob]: readonly [Room, Room],
  name: string,
  { text = name, ...options }: SaveOptions & { readonly text?: string } = {},
): Promise<string> {
  const incoming = nextFile(bob);
  await alice.localParticipant.sendBytes(Buffer.from(text), { topic: 'files', name });
  return (await incoming).saveTo(folder, options);
}

/** All that is in the folder and next to it. */
async function everything(): Promise<string[]> {
  return (await readdir(join(folder, '..'), { recursive: true })).sort();
}

describe('sendFile and saveTo', () => {
  it('bring a file from folder to folder, with progress', async () => {
    const [alice, bob] = await pair();
    const bytes = randomBytes(700_001);
    const path = join(folder, '..', 'photo é.jpg');
    await writeFile(path, bytes);
    for (const file of [path, pathToFileURL(path)]) {
      const incoming = nextFile(bob);
      const sent: StreamProgress[] = [];
      const sending = alice.localParticipant.sendFile(file, {
        topic: 'files',
        mimeType: 'image/jpeg',
        onProgress: (progress) => sent.push(progress),
      });
      const reader = await incoming;
      const saved: StreamProgress[] = [];
      const copy = await reader.saveTo(folder, {
        overwrite: true,
        onProgress: (progress) => saved.push(progress),
      });
      expect(copy).toBe(join(folder, 'photo é.jpg'));
      expect(Buffer.compare(await readFile(copy), bytes)).toBe(0);
      expect(await sending).toEqual(reader.info);
      expect(reader.info).toMatchObject({
        name: 'photo é.jpg',
        mimeType: 'image/jpeg',
        totalBytes: 700_001,
      });
      for (const progress of [sent, saved]) {
        expect(progress.length).toBeGreaterThan(1);
        expect(progress.at(-1)).toEqual({ bytes: 700_001, totalBytes: 700_001 });
      }
    }
    expect(await readdir(folder)).toEqual(['photo é.jpg']);
  });

  it('bring an empty file', async () => {
    const [alice, bob] = await pair();
    const path = join(folder, 'empty');
    await writeFile(path, '');
    const incoming = nextFile(bob);
    await alice.localParticipant.sendFile(path, { topic: 'files', name: 'nothing' });
    const copy = await (await incoming).saveTo(folder);
    expect((await stat(copy)).size).toBe(0);
  });
});

describe('saveTo', () => {
  it('never leaves the folder, whatever the sender calls the file', async () => {
    const rooms = await pair();
    const names = [
      '../../x',
      '/tmp/framewire-absolute',
      '..',
      '.',
      '',
      '.hidden',
      'sub/../../y',
      '..\\..\\z',
      'nul\0byte',
      'red\u001b[31m\r\nforged',
      'long'.repeat(200),
      'CON',
      'a:b',
    ];
    const saved: string[] = [];
    for (const name of names) saved.push(await save(rooms, name, { text: 'content' }));
    const inFolder = await readdir(folder);
    expect(saved.map((path) => path.slice(folder.length + 1)).sort()).toEqual(inFolder.sort());
    expect(inFolder).toHaveLength(names.length);
    expect(await everything()).toEqual(
      ['inbox', ...inFolder.map((name) => join('inbox', name))].sort(),
    );
    for (const path of saved) {
      expect(await readFile(path, 'utf8')).toBe('content');
      expect(path).not.toMatch(/\p{Cc}/u);
    }
  });

  it('takes the next free name, or replaces the file if told to', async () => {
    const rooms = await pair();
    await writeFile(join(folder, 'x.txt'), 'mine');
    expect(await save(rooms, 'x.txt', { text: 'one' })).toBe(join(folder, 'x (1).txt'));
    expect(await save(rooms, '../x.txt', { text: 'two' })).toBe(join(folder, 'x (2).txt'));
    expect(await readFile(join(folder, 'x.txt'), 'utf8')).toBe('mine');
    expect(await save(rooms, 'x.txt', { overwrite: true })).toBe(join(folder, 'x.txt'));
    expect(await readFile(join(folder, 'x.txt'), 'utf8')).toBe('x.txt');
    expect(await save(rooms, 'x.txt', { name: '../y.txt' })).toBe(join(folder, 'y.txt'));
    await mkdir(join(folder, 'sub'));
    await expect(save(rooms, 'sub', { overwrite: true })).rejects.toMatchObject({ code: 'file' });
    expect(await save(rooms, 'sub')).toBe(join(folder, 'sub (1)'));
  });

  it('follows no link that lies in the folder', async () => {
    const rooms = await pair();
    const target = join(folder, '..', 'target');
    await writeFile(target, 'precious');
    await symlink(target, join(folder, 'link'));
    await symlink(join(folder, '..', 'nowhere'), join(folder, 'dangling'));
    expect(await save(rooms, 'link')).toBe(join(folder, 'link (1)'));
    expect(await save(rooms, 'dangling')).toBe(join(folder, 'dangling (1)'));
    // Replaces the link itself.
    expect(await save(rooms, 'link', { overwrite: true })).toBe(join(folder, 'link'));
    expect(await readFile(target, 'utf8')).toBe('precious');
    expect(await everything()).not.toContain('nowhere');
    expect(await readFile(join(folder, 'link'), 'utf8')).toBe('link');
  });

  it('leaves nothing of a file that does not come to its end', async () => {
    const [alice, bob] = await pair();
    const { localParticipant: me } = alice;
    const abort = new AbortController();
    const incoming = nextFile(bob);
    const writer = await me.streamBytes({ topic: 'files', name: 'half' });
    await writer.write(new Uint8Array(50_000));
    let partial: string[] = [];
    const saving = (await incoming).saveTo(folder, {
      onProgress: () => {
        void readdir(folder).then((names) => {
          partial = names;
          return writer.abort();
        });
      },
    });
    await expect(saving).rejects.toMatchObject({ code: 'aborted' });
    expect(partial).toEqual([expect.stringMatching(/^\.framewire-.*\.part$/)]);
    expect(await readdir(folder)).toEqual([]);

    const second = nextFile(bob);
    await me.sendBytes(new Uint8Array(50_000), { topic: 'files' });
    const aborted = (await second).saveTo(folder, {
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('enough')),
    });
    await expect(aborted).rejects.toThrow('enough');
    expect(await readdir(folder)).toEqual([]);

    await expect(save([alice, bob], 'large', { maxBytes: 3 })).rejects.toMatchObject({
      code: 'overflow',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('says what is wrong with the folder, and leaves the stream to be saved elsewhere', async () => {
    const [alice, bob] = await pair();
    const incoming = nextFile(bob);
    await alice.localParticipant.sendBytes(Buffer.from('text'), { topic: 'files', name: 'x' });
    const reader = await incoming;
    await writeFile(join(folder, 'file'), '');
    await expect(reader.saveTo(join(folder, 'missing'))).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(reader.saveTo(join(folder, 'file'))).rejects.toMatchObject({ code: 'file' });
    await expect(reader.saveTo('')).rejects.toThrow(RangeError);
    await expect(reader.saveTo(5 as never)).rejects.toThrow(TypeError);
    await expect(reader.saveTo(folder, { name: '' })).rejects.toThrow(RangeError);
    await expect(reader.saveTo(folder, { overwrite: 'yes' as never })).rejects.toThrow(TypeError);
    expect(await reader.saveTo(folder)).toBe(join(folder, 'x'));
    await expect(reader.saveTo(folder)).rejects.toMatchObject({ code: 'invalid-state' });
    expect((await readdir(folder)).sort()).toEqual(['file', 'x']);
  });
});

describe('sendFile', () => {
  it('says what is wrong with the file, before anything is sent', async () => {
    const alice = await live.join('alice');
    const { localParticipant: me } = alice;
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const code = (path: string): Promise<unknown> =>
      me.sendFile(path, { topic: 'files' }).catch((error: unknown) => error);
    expect(await code(join(folder, 'missing\u001b[31m'))).toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/^'[^\u001b]*' could not be read: ENOENT\.$/) as string,
      cause: { code: 'ENOENT' },
    });
    expect(await code(folder)).toMatchObject({ code: 'file' });
    expect(await code(pipe)).toMatchObject({ code: 'file' });
    await expect(me.sendFile('')).rejects.toThrow(RangeError);
    await expect(me.sendFile(5 as never)).rejects.toThrow(TypeError);
    await expect(me.sendFile(new URL('https://example.com/x'))).rejects.toThrow('scheme file');
  });

  it('gives it up when the file becomes shorter, the signal aborts or the callback throws', async () => {
    const [alice, bob] = await pair();
    const path = join(folder, 'file');
    let abort = new AbortController();
    for (const { onProgress, reason } of [
      { onProgress: () => truncate(path, 10), reason: { code: 'file' } },
      {
        onProgress: () => abort.abort(new Error('enough')),
        reason: { message: 'enough' },
      },
      {
        onProgress: () => {
          throw new Error('a defect of mine');
        },
        reason: { message: 'a defect of mine' },
      },
    ]) {
      abort = new AbortController();
      await writeFile(path, randomBytes(2_000_000));
      const incoming = nextFile(bob);
      const sending = alice.localParticipant.sendFile(path, {
        topic: 'files',
        signal: abort.signal,
        onProgress: () => void onProgress(),
      });
      const saving = incoming.then((reader) => reader.saveTo(folder));
      const [sent, saved] = await Promise.allSettled([sending, saving]);
      expect(sent).toMatchObject({ status: 'rejected', reason });
      expect(saved).toMatchObject({ status: 'rejected', reason: { code: 'incomplete' } });
      expect(await readdir(folder)).toEqual(['file']);
    }
  });
});

describe('a large file', () => {
  it('is held by neither end, but a small part of it', async () => {
    const tokens = await Promise.all(['sender', 'receiver'].map((one) => live.token(one)));
    const end = await runProgram('send-file.cjs', [live.server.url, folder, ...tokens], {
      nodeArgs: ['--expose-gc'],
    });
    expect(end).toMatchObject({ code: 0, stderr: '' });
    const { same, heldMb } = JSON.parse(end.stdout) as Record<string, unknown>;
    expect(same).toBe(true);
    // Of 9.
    expect(heldMb).toBeLessThan(4);
  }, 180_000);
});
