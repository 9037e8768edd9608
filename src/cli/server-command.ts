import { Command } from 'commander';
import { FramewireError } from '../core/errors.js';
import { type LiveKitServer, startLiveKitServer } from '../server/livekit-server.js';
import { EXIT } from './exit-code.js';
import { Interrupt } from './interrupt.js';
import { parsePort, parseText } from './option-values.js';

interface ServerFlags {
  readonly port?: number;
  readonly apiKey?: string;
  readonly apiSecret?: string;
  readonly json?: boolean;
}

/** `framewire server`. */
export function serverCommand(): Command {
  const command = new Command('server')
    .description('Starts a local LiveKit server, says where it is, and runs it until Ctrl-C.')
    .option('--port <n>', 'port of HTTP and WebSocket; default: a free one', parsePort)
    .option('--api-key <key>', 'its API key; default: devkey', parseText)
    .option(
      '--api-secret <secret>',
      "the key's secret, of at least 32 characters; default: random",
      parseText,
    )
    .option('--json', 'print where it is as one line of JSON')
    .exitOverride();
  return command.action(async ({ port, apiKey, apiSecret, json = false }: ServerFlags) => {
    if ((apiKey === undefined) !== (apiSecret === undefined)) {
      command.error('error: --api-key and --api-secret go together: give both, or none.');
    }
    if (apiSecret !== undefined && apiSecret.length < 32) {
      command.error('error: --api-secret must have at least 32 characters.');
    }
    const keys =
      apiKey !== undefined && apiSecret !== undefined ? { [apiKey]: apiSecret } : undefined;
    process.exitCode = await runServer({
      ...(port !== undefined && { port }),
      ...(keys && { keys }),
      json,
    });
  });
}

/** Runs a server until it or this program is ended, and returns the exit code. */
async function runServer({
  json,
  ...options
}: {
  readonly port?: number;
  readonly keys?: Readonly<Record<string, string>>;
  readonly json: boolean;
}): Promise<number> {
  using interrupt = new Interrupt(() => process.exit(EXIT.interrupted));
  const { signal } = interrupt;
  let server: LiveKitServer;
  try {
    server = await startLiveKitServer({ ...options, signal });
  } catch (error) {
    if (signal.aborted) return EXIT.interrupted;
    if (!(error instanceof FramewireError)) throw error;
    process.stderr.write(`framewire server: ${error.message}\n`);
    return EXIT.failed;
  }
  // The server alone keeps no program running; this one runs for its sake.
  server.ref();
  const { url, apiKey, apiSecret } = server;
  process.stdout.write(
    json
      ? `${JSON.stringify({ url, apiKey, apiSecret })}\n`
      : `LIVEKIT_URL=${url}\nLIVEKIT_API_KEY=${apiKey}\nLIVEKIT_API_SECRET=${apiSecret}\n`,
  );
  process.stderr.write('A LiveKit server for this machine alone is running. Ctrl-C ends it.\n');
  const close = (): void => void server.close();
  if (signal.aborted) close();
  signal.addEventListener('abort', close, { once: true });
  const exit = await server.closed;
  if (exit.expected) return EXIT.ok;
  process.stderr.write(
    `framewire server: it ended by itself (${exit.signal ?? `exit code ${exit.code}`}).\n${server.logs.slice(-10).join('\n')}\n`,
  );
  return EXIT.failed;
}
