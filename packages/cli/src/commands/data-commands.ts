// `semmae data`: what a data set is, and the same as shards.

import { writeFileSync } from 'node:fs';

import { inspectData, inspectDataSettings, packData, packDataSettings } from '@semmae/pipeline';
import type { Command } from 'commander';

import type { CommandContext } from './command-context';
import { dataTable } from './data-table';
import { addSettingsCommand } from './settings-command';

export function addDataCommands(program: Command, context: CommandContext): void {
  const data = program.command('data').description('Inspect data sets, and pack them as tar shards.');
  addSettingsCommand(data, {
    name: 'inspect',
    summary: 'Says what a data set is: classes, sizes, channels, depths, masks, and what is left out of it.',
    schema: inspectDataSettings,
    operands: ['data'],
    more: 'Examples:\n  semmae data inspect photos\n  semmae data inspect photos --sample all --decode --sheet photos.png\n  semmae data inspect tiles --channels 4 --value-range 0,3000',
    async run({ json, out, ...settings }) {
      const description = await inspectData({ ...settings, ...context });
      context.endProgress();
      const text = JSON.stringify(description, null, 2);
      if (out !== undefined) writeFileSync(out, `${text}\n`);
      console.log(json ? text : dataTable(description));
    },
  });

  addSettingsCommand(data, {
    name: 'pack',
    summary:
      'Writes a data set as tar shards (WebDataset), which are read in one go from slow disks. Image files stay as they are.',
    schema: packDataSettings,
    operands: ['data'],
    more: "Each shard appears when it is complete. Ctrl-C stops; the same command with --resume goes on.\nExamples:\n  semmae data pack photos --out 'shards/{000..}.tar'\n  semmae data pack imagenet/train --out 'imagenet/train-{0000..}.tar' --max-images 10000",
    async run(settings) {
      const { shards, images, renamed, leftOut } = await packData({ ...settings, ...context });
      context.endProgress();
      if (renamed > 0)
        console.error(`${renamed} images have dots in their names, which keys cannot have: _ stands for them`);
      if (leftOut.total > 0) console.error(`left out: ${leftOut.summary()}`);
      const last = shards.length > 1 ? ` to ${shards.at(-1)}` : '';
      console.log(`${shards[0]}${last}\n${images} images in ${shards.length} shard${shards.length === 1 ? '' : 's'}`);
    },
  });
}
