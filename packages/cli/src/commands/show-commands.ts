// `semmae show`: what a model is, and panels of what it does, as PNG.

import {
  describeEncoder,
  maskingHelp,
  modelPaths,
  showMasks,
  showMasksSettings,
  showReconstructions,
  showReconstructionsSettings,
} from '@semmae/pipeline';
import { type Command, Help } from 'commander';

import { type CommandContext, stageOptions } from './command-context';
import { addShowParts } from './parts-commands';
import { addSettingsCommand } from './settings-command';

export function addShowCommands(program: Command, context: CommandContext): void {
  const show = program
    .command('show')
    .description('Show masks, parts and reconstructions as PNG, and what a model file holds.');
  addSettingsCommand(show, {
    name: 'masks',
    summary: 'Draws photographs under the masks of strategies as one PNG: gray is hidden, dark blue not used at all.',
    schema: showMasksSettings,
    more: `Examples:\n  semmae show masks --data photos --masking random block:0.6 --out masks.png\n  semmae show masks --data photos --masking semantic --parts runs/semmae --out masks.png\n\nStrategies, written NAME[:RATIO][,key=value...]:\n${strategyLines()}`,
    async run(settings) {
      const path = await showMasks({ ...settings, ...context });
      context.endProgress();
      console.log(path);
    },
  });
  addSettingsCommand(show, {
    name: 'reconstructions',
    summary: 'Draws what a masked autoencoder makes of hidden patches as one PNG.',
    schema: showReconstructionsSettings,
    more: 'Examples:\n  semmae show reconstructions --model runs/mae --data photos --out panel.png\n  semmae show reconstructions --model runs/semmae --data photos --masking semantic --parts runs/semmae --kept-share 0.25 --out panel.png',
    async run(settings) {
      const path = await showReconstructions({ ...settings, ...(await stageOptions(context, settings)) });
      context.endProgress();
      console.log(path);
    },
  });
  addShowParts(show, 'parts', context);
  show
    .command('model')
    .description('Says what a model file holds: sizes, origin, hash.')
    .argument('<path>', `a model: ${modelPaths}`)
    .action(async (path: string) => {
      await context.startBackend('cpu', {}); // public weights become a network for their hash
      const { config, provenance, ...about } = await describeEncoder(path, context);
      context.endProgress();
      const { trainedImages: _unreadable, ...origin } = provenance ?? {};
      console.log(JSON.stringify({ ...about, ...origin, config }, null, 2));
    });
}

/** Name and explanation in two columns, wrapped as commander wraps options. */
function strategyLines(): string {
  const help = Object.assign(new Help(), { helpWidth: 80 });
  return maskingHelp()
    .map((line) => {
      const [name, text] = line.split(/ {2}(.*)/);
      return help.formatItem(name!, 33, text!, help);
    })
    .join('\n');
}
