// `semmae parts show`.

import { type ImageDataset, openPartShard } from '@semmae/data';
import { describeEncoder, type ShowPartsOptions, showParts } from '@semmae/pipeline';
import { type Command, Option } from 'commander';
import type { CommandContext } from './command-context';
import { evenlySpaced, openData } from './open-data';
import { integer } from './option-parsers';
import { addPredictorOptions, openPredictor, type PredictorChoice } from './predictor-command';
import { addDataOptions } from './shared-options';

interface Options extends PredictorChoice {
  out: string;
  shard?: string;
  images: number;
  scale: number;
}

export function addPartsShowCommand(parts: Command, context: CommandContext): void {
  const command = parts
    .command('show')
    .description('Draws photographs beside their parts, attention and background as one PNG.')
    .requiredOption('--out <file>', 'the PNG to write')
    .option('--shard <file>', 'show the maps of a shard instead of predicting them')
    .addOption(
      new Option('--images <count>', 'rows, evenly spaced over the images').argParser(integer('--images')).default(16),
    )
    .addOption(new Option('--scale <factor>', 'enlargement').argParser(integer('--scale')).default(1));
  addDataOptions(command, 'only they are shown');
  addPredictorOptions(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  semmae parts show --data photos --held-out 100 --encoder runs/encoder --parts runs/parts --out panel.png\n  semmae parts show --data photos --shard parts.safetensors --out panel.png',
  );
  command.action(async (options: Options) => {
    const { out, scale } = options;
    const { source, evaluation } = await sourceOf(context, options);
    try {
      const path = await showParts({ data: evenlySpaced(evaluation, options.images), source, out, scale });
      context.endProgress();
      console.log(path);
    } finally {
      if ('predictor' in source) source.predictor.dispose();
    }
  });
}

async function sourceOf(
  context: CommandContext,
  options: Options,
): Promise<{ source: ShowPartsOptions['source']; evaluation: ImageDataset }> {
  if (options.shard === undefined) {
    const { predictor, data } = await openPredictor(context, options);
    return { source: { predictor }, evaluation: data.evaluation };
  }
  const encoderHash = options.encoder && (await describeEncoder(options.encoder)).hash;
  const shard = await openPartShard(options.shard, { encoderHash });
  shard.close();
  const { evaluation } = await openData(options, shard.settings.imageSize, context.onProgress);
  return { source: { shard: options.shard, encoderHash }, evaluation };
}
