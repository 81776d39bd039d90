// `semmae show`: what a model is, and panels of what it does, as PNG.

import { describeEncoder } from '@semmae/pipeline';
import type { Command } from 'commander';

import type { CommandContext } from './command-context';
import { addShowParts } from './parts-commands';

export function addShowCommands(program: Command, context: CommandContext): void {
  const show = program
    .command('show')
    .description('Show masks, parts and reconstructions as PNG, and what a model file holds.');
  addShowParts(show, 'parts', context);
  show
    .command('model')
    .description('Says what a model file holds: sizes, origin, hash.')
    .argument('<path>', 'a model: its run folder or file')
    .action(async (path: string) => {
      const { id, hash, provenance, config } = await describeEncoder(path);
      const { trainedImages: _unreadable, ...origin } = provenance ?? {};
      console.log(JSON.stringify({ id, hash, ...origin, config }, null, 2));
    });
}
