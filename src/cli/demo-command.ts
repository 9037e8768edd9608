import { Argument, Command } from 'commander';
import { messageOf } from '../core/errors.js';
import { type DemoDevice, ROLES, type RoleName } from './demo/protocol.js';
import {
  parsePngFile,
  parsePort,
  parseRecording,
  parseSeconds,
  parseText,
  parseUrl,
} from './option-values.js';

interface DemoFlags {
  readonly url?: string;
  readonly apiKey?: string;
  readonly apiSecret?: string;
  readonly seconds?: number;
  readonly json?: boolean;
  readonly snapshot?: string;
  /** `true` for the default device. */
  readonly camera?: string | true;
  readonly mic?: string | true;
  readonly record?: string;
  readonly page: boolean;
  readonly pagePort?: number;
}

const FIELDS = `
What it shows:
  A painter publishes a drawn scene of 1280x720 at 30 fps and a tone of 440 Hz; an agent publishes the
  edges of each of its pictures, and its tone; a viewer receives both, reads the number that is part
  of each picture and the pitch of the tone. Each is a process of its own.
  A page shows the same in a browser on this machine, and more: it plays the sound, and the agent
  answers its chat and sends back the edges of your own camera.
  With --camera or --mic the painter publishes a device of this machine in place of the scene or the
  tone, which needs ffmpeg. No number is in a camera's pictures, so none can be followed from one to the
  other end: the agent numbers its own pictures then. --camera lavfi:GRAPH takes a graph of ffmpeg's
  filters in place of a camera.

Fields of a hop, measured where it ends, after a warm-up of 3 s that is not counted:
  fps             frames a second that the receiver processed
  latencyMs       from sending to delivery, as p50 and p95: from the painter's brush to the agent or
                  the viewer, and from when the agent published to the viewer
  received        frames that came from the network, decoded
  delivered       frames that the receiver processed
  dropped         full: the receiver was slower than the frames came; rate: thinned to a lower rate;
                  late: too old; closed: left over at the end
  missing         frames that were published but never came: encoders and the network skip some
  dropPercent     dropped and missing, of all that were published
  bitrateBps      bits a second of encoded video that came
  eventLoopLagMs  how late timers fire in the receiver's process, 95th percentile
  cpuPercent      CPU time of the receiver's process, all threads, of one core
  size            of the last picture; an encoder in need sends smaller ones

Other fields of --json:
  ok, problems    whether frames flowed both ways, and what was missing
  seconds         how long was measured
  endToEndMs      from the painter's brush to the viewer's eye, through the agent
  processes       event-loop lag and CPU of each process
  verified        whether the viewer read the agent's mark in the agent's pictures and the painter's in
                  the painter's, and heard the tone, in at least half of what came; null for what
                  can't be proven: the painter's mark with --camera, the tone with --mic
  checks          the counts of these, the last pitch, and the last frame number read
  recording       the file of --record, and how many seconds it has; null without
  page            the address of the page, while the demo ran; null with --no-page
  node, server    versions; null for a server of your own, which doesn't tell

Exit code: 0 if frames flowed both ways and Ctrl-C's end of a run without --seconds; 1 if not, with
what was missing; 2 for wrong arguments; 130 if Ctrl-C ended a run before its --seconds.`;

/** `framewire demo`. */
export function demoCommand(): Command {
  const command = new Command('demo')
    .description('Three participants exchange and process live video and audio, and measure it.')
    .option('--seconds <n>', 'end after measuring this long, with a summary', parseSeconds)
    .option('--json', 'print the summary as JSON, alone on stdout; progress goes to stderr')
    .option(
      '--snapshot <file.png>',
      'save what the viewer saw of the agent at the end',
      parsePngFile,
    )
    .option(
      '--camera [device]',
      "the painter publishes this camera, or the system's default one",
      parseText,
    )
    .option(
      '--mic [device]',
      "the painter publishes this microphone, or the system's default one",
      parseText,
    )
    .option(
      '--record <file>',
      'record what the viewer sees and hears of the agent: .mp4, .webm or .mkv',
      parseRecording,
    )
    .option(
      '--page-port <port>',
      'the port of the page for browsers; without it, a free one',
      parsePort,
    )
    .option('--no-page', 'no page')
    .option('--url <url>', 'use this LiveKit server; without it, a local one is started', parseUrl)
    .option('--api-key <key>', "the server's API key", parseText)
    .option('--api-secret <secret>', 'the secret of that key', parseText)
    .addHelpText('after', FIELDS)
    .exitOverride();
  return command.action(async (flags: DemoFlags) => {
    const { url, apiKey, apiSecret, seconds, json = false, snapshot, pagePort } = flags;
    const given = [url, apiKey, apiSecret].filter((value) => value !== undefined);
    if (given.length > 0 && given.length < 3) {
      command.error(
        'error: --url, --api-key and --api-secret go together: give all three, or none.',
      );
    }
    if (!flags.page && pagePort !== undefined) {
      command.error('error: --page-port and --no-page exclude each other.');
    }
    if (snapshot !== undefined) {
      const { checkWritable } = await import('./demo/snapshot.js');
      await checkWritable(snapshot).catch((error: unknown) => {
        const why = messageOf(error);
        command.error(`error: --snapshot ${snapshot} can't be written: ${why}`);
      });
    }
    const server =
      url !== undefined && apiKey !== undefined && apiSecret !== undefined
        ? { url, apiKey, apiSecret }
        : undefined;
    const { runDemo } = await import('./demo/demo.js');
    const page = flags.page ? { port: pagePort } : undefined;
    const inputs = {
      ...(flags.camera !== undefined && { camera: deviceOf(flags.camera) }),
      ...(flags.mic !== undefined && { mic: deviceOf(flags.mic) }),
    };
    const own = { json, snapshot, record: flags.record, page };
    process.exitCode = await runDemo({ cli: cliFile(), server, seconds, inputs, ...own });
  });
}

/** What the demo starts for itself. */
export function demoRoleCommand(): Command {
  return new Command('demo-role')
    .addArgument(new Argument('<role>').choices(ROLES))
    .exitOverride()
    .action(async (role: RoleName) => {
      const { runRole } = await import('./demo/role.js');
      await runRole(role);
    });
}

function deviceOf(flag: string | true): DemoDevice {
  return { device: flag === true ? undefined : flag };
}

/** The file that this process runs. */
function cliFile(): string {
  const file = process.argv[1];
  if (file === undefined) throw new Error('It is not known which file is running.');
  return file;
}
