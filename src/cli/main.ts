#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { messageOf } from '../core/errors.js';
import { demoCommand, demoRoleCommand } from './demo-command.js';
import { devicesCommand } from './devices-command.js';
import { EXIT } from './exit-code.js';
import { serverCommand } from './server-command.js';

async function main(): Promise<void> {
  const program = new Command('framewire')
    .description('Live video and audio in LiveKit rooms.')
    .exitOverride()
    .addCommand(demoCommand())
    .addCommand(serverCommand())
    .addCommand(devicesCommand())
    .addCommand(demoRoleCommand(), { hidden: true });
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has said what is wrong, or has printed the help that was asked for.
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
      return;
    }
    process.stderr.write(`framewire: ${messageOf(error)}\n`);
    process.exitCode = EXIT.failed;
  }
}

void main();
