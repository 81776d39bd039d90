// The program `semmae` and its commands.

import { Command } from 'commander';

import type { CommandContext } from './commands/command-context';
import { addEncoderCommands } from './commands/encoder-commands';
import { addPartsEvalCommand } from './commands/parts-eval-command';
import { addPartsExtractCommand } from './commands/parts-extract-command';
import { addPartsShowCommand } from './commands/parts-show-command';
import { addPartsTrainCommand } from './commands/parts-train-command';

/** Throws what the commands throw; commander's own exits (help, unknown options) are CommanderErrors. */
export function createProgram(context: CommandContext): Command {
  const program = new Command()
    .name('semmae')
    .description('Semantic parts of photographs without labels: train an encoder, learn parts, extract, score, show.')
    .exitOverride();
  addEncoderCommands(program, context);
  const parts = program.command('parts').description('Learn, extract, score and show semantic parts.');
  addPartsTrainCommand(parts, context);
  addPartsExtractCommand(parts, context);
  addPartsEvalCommand(parts, context);
  addPartsShowCommand(parts, context);
  return program;
}
