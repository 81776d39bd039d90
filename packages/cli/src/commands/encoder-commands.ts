// `semmae encoder`: an encoder that has parts in it.

import {
  describeEncoder,
  type EncoderRecipeName,
  encoderRecipe,
  encoderRecipeNames,
  type ImageSize,
  loadEncoder,
  trainEncoder,
  viewSizeOf,
} from '@semmae/pipeline';
import { type Command, Option } from 'commander';
import { type CommandContext, resumePolicy, stageOptions } from './command-context';
import { openData } from './open-data';
import { imageSize, integer, oneOf } from './option-parsers';
import {
  addBackendOption,
  addDataOptions,
  addResumeOption,
  addSeedOption,
  type BackendOptions,
  type DataOptions,
} from './shared-options';

interface TrainOptions extends DataOptions, BackendOptions {
  out: string;
  recipe: EncoderRecipeName;
  startFrom?: string;
  imageSize?: ImageSize;
  steps?: number;
  seed: number;
  resume: boolean;
}

export function addEncoderCommands(program: Command, context: CommandContext): void {
  const encoder = program.command('encoder').description('Train an encoder without labels, and look at encoder files.');
  const train = encoder
    .command('train')
    .description(
      'Trains a vision transformer on photographs, without labels: by self-distillation (iBOT, DINO) or masked reconstruction (MAE).',
    )
    .requiredOption('--out <folder>', 'run folder: model.safetensors, checkpoints and metrics.jsonl go there')
    .addOption(
      new Option(
        '--recipe <name>',
        `small: self-distillation, mae-small: masked reconstruction, both ours, for two cores and some hundreds of photographs; published runs, which want a cluster: ${encoderRecipeNames.slice(2).join(', ')}`,
      )
        .argParser(oneOf('--recipe', encoderRecipeNames))
        .default('small'),
    )
    .option(
      '--start-from <file>',
      'begin with the weights of this model.safetensors, or of a run folder, whose sizes must be those of the recipe',
    )
    .addOption(
      new Option(
        '--image-size <pixels>',
        "size at which photographs are kept and views cut from them (default: twice the recipe's large views)",
      ).argParser(imageSize('--image-size')),
    )
    .addOption(
      new Option(
        '--steps <count>',
        'length of the training, rounded to whole passes over the images; warm-up and schedules shrink with it (default: of the recipe)',
      ).argParser(integer('--steps')),
    );
  addDataOptions(train, 'not trained on');
  for (const add of [addSeedOption, addBackendOption, addResumeOption]) add(train);
  train.addHelpText(
    'after',
    '\nCtrl-C saves and stops; the same command with --resume goes on and ends with the same encoder.\nExample:\n  semmae encoder train --data photos --held-out 100 --out runs/encoder',
  );
  train.action(async (options: TrainOptions) => {
    const side = 2 * viewSizeOf(encoderRecipe(options.recipe));
    const size = options.imageSize ?? { height: side, width: side };
    const stage = await stageOptions(context, options.backend);
    const startFrom = options.startFrom ? await loadEncoder(options.startFrom) : undefined;
    const { train: data } = await openData(options, size, context.onProgress);
    const { recipe, seed, steps, out: folder } = options;
    const resume = resumePolicy(options);
    const trained = await trainEncoder({ ...stage, data, recipe, startFrom, seed, steps, folder, resume });
    context.endProgress();
    console.log(`${trained.path}\n${trained.id}, hash ${trained.hash}`);
  });

  encoder
    .command('show')
    .description('Says what an encoder file holds: sizes, origin, hash.')
    .argument('<file>', 'model.safetensors, or the run folder with it')
    .action(async (file: string) => {
      const { id, hash, provenance, config } = await describeEncoder(file);
      const { trainedImages: _unreadable, ...origin } = provenance ?? {};
      console.log(JSON.stringify({ id, hash, ...origin, config }, null, 2));
    });
}
