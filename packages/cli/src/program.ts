// The program `semmae` and its commands.

import { readFileSync } from 'node:fs';

import { Command } from 'commander';

import { addCheckpointCommands } from './commands/checkpoint-commands';
import type { CommandContext } from './commands/command-context';
import { addDataCommands } from './commands/data-commands';
import { addModelCommands } from './commands/model-commands';
import { addPartsCommands } from './commands/parts-commands';
import { addShowCommands } from './commands/show-commands';

/** Throws what the commands throw; commander's own exits (help, unknown options) are CommanderErrors. */
export function createProgram(context: CommandContext): Command {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const program = new Command()
    .name('semmae')
    .description(
      'Masked image modeling: pre-train, learn parts, embed, probe, export and show, from a folder of images.',
    )
    .version(version)
    .option('--verbose', 'name everything that was left out of the images, with reasons')
    .configureHelp({ showGlobalOptions: true })
    .hook('preAction', (root) => {
      if (root.opts<{ verbose?: boolean }>().verbose) context.onVerbose?.();
    })
    .exitOverride();
  addModelCommands(program, context);
  addPartsCommands(program, context);
  addShowCommands(program, context);
  addDataCommands(program, context);
  addCheckpointCommands(program, context);
  return program;
}
