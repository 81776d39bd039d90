// `semmae parts train`.

import {
  type ClassTokenSource,
  decoderNames,
  type FeatureStore,
  featureGeometry,
  loadEncoder,
  type TrainPartsOptions,
  trainParts,
} from '@semmae/pipeline';
import { type Command, Option } from 'commander';
import { type CommandContext, resumePolicy, stageOptions } from './command-context';
import { openData } from './open-data';
import { atLeastZero, integer, mapBlur, oneOf } from './option-parsers';
import {
  addBackendOption,
  addDataOptions,
  addGeometryOptions,
  addResumeOption,
  addSeedOption,
  addTokenPreparationOptions,
  type BackendOptions,
  type DataOptions,
  type GeometryChoice,
  type TokenPreparationOptions,
} from './shared-options';

type Named =
  | 'encoder'
  | 'data'
  | 'folder'
  | 'resume'
  | 'features'
  | 'classTokenSource'
  | 'standardizeTokens'
  | 'placeWeight'
  | 'placeFrame';
type Passed = Omit<TrainPartsOptions, Named | keyof GeometryChoice>;

interface Options extends DataOptions, BackendOptions, GeometryChoice, TokenPreparationOptions, Passed {
  encoder: string;
  out: string;
  classToken: ClassTokenSource;
  separateProjection: boolean;
  /** MiB */
  memoryLimit: number;
  resume: boolean;
}

export function addPartsTrainCommand(parts: Command, context: CommandContext): void {
  const command = parts
    .command('train')
    .description(
      'Learns parts on the features of a frozen encoder: attention maps that are good for redrawing the image.',
    )
    .requiredOption('--encoder <file>', 'model.safetensors of `encoder train`, or its run folder')
    .requiredOption('--out <folder>', 'run folder: parts.safetensors, checkpoints and metrics.jsonl go there');
  addDataOptions(command, 'not trained on');
  addGeometryOptions(command);
  addModelOptions(command);
  addTrainingOptions(command);
  for (const add of [addSeedOption, addBackendOption, addResumeOption]) add(command);
  command.addHelpText(
    'after',
    '\nCtrl-C saves and stops; the same command with --resume goes on and ends with the same parts.\nExample:\n  semmae parts train --data photos --held-out 100 --encoder runs/encoder --out runs/parts',
  );
  command.action(async (options: Options) => {
    const { out: folder, classToken: classTokenSource, standardize: standardizeTokens, ...others } = options;
    const { separateProjection, memoryLimit, ...rest } = others;
    const stage = await stageOptions(context, options.backend);
    const encoder = await loadEncoder(options.encoder);
    const geometry = featureGeometry(encoder.encoder, options);
    const { train: data } = await openData(options, geometry.imageSize, context.onProgress);
    const trained = await trainParts({
      ...rest,
      ...stage,
      ...{ encoder, data, folder, classTokenSource, standardizeTokens, resume: resumePolicy(options) },
      shareProjection: separateProjection ? false : undefined,
      memoryLimit: memoryLimit * 2 ** 20,
      onFeatures(features) {
        context.endProgress();
        console.error(featureLine(features));
      },
    });
    context.endProgress();
    console.log(`${trained.path}\n${trained.learner.partCount} parts, hash ${trained.hash}`);
  });
}

function featureLine({ bytes, cached, imagesPerSecond }: FeatureStore): string {
  const size = `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  if (!cached) return `features: ${size} would not fit --memory-limit, computed for every batch`;
  return `features: ${size} in memory, encoded at ${imagesPerSecond!.toPrecision(3)} images/s`;
}

/** What is learned: Eq. 1-7 and the options beyond the paper. */
function addModelOptions(command: Command): void {
  const add = (flags: string, text: string, parse: (value: string) => unknown, fallback?: unknown) =>
    command.addOption(
      fallback === undefined
        ? new Option(flags, text).argParser(parse)
        : new Option(flags, text).argParser(parse).default(fallback),
    );
  add('--part-count <count>', 'parts per image', integer('--part-count'), 6);
  add('--tokens <source>', 'output: last block; qk: its query and keys', oneOf('--tokens', ['output', 'qk']), 'output');
  add(
    '--class-token <source>',
    'class: the class token, as in the paper; mean: the mean patch token; shared: the same query for all images, so that ids mean the same everywhere',
    oneOf('--class-token', ['class', 'mean', 'shared']),
    'class',
  );
  addTokenPreparationOptions(command);
  add('--softmax-axis <axis>', 'what maps sum to 1 over', oneOf('--softmax-axis', ['positions', 'parts']), 'positions');
  add(
    '--gate-initialization <name>',
    'xavier, or heads: start at the attention heads (with --tokens qk and as many parts as heads)',
    oneOf('--gate-initialization', ['xavier', 'heads']),
    'xavier',
  );
  add('--gate-gain <factor>', 'of xavier gates; 2 starts the parts further apart', atLeastZero('--gate-gain'));
  add('--hidden-width <count>', 'hidden width of the gates (default: width of the encoder)', integer('--hidden-width'));
  add('--temperature <factor>', 'on the logits (default: 1 / sqrt(width))', atLeastZero('--temperature'));
  command.option('--learn-temperature', 'train that factor', false);
  command.option('--separate-projection', 'two projections in Eq. 2 instead of one', false);
  add(
    '--blur <kind>',
    'of the maps before the decoder: gaussian, box or none, and size: gaussian:7',
    mapBlur('--blur'),
  );
  add(
    '--decoder <size>',
    `width of the decoder: ${decoderNames.join(', ')}`,
    oneOf('--decoder', decoderNames),
    'small',
  );
  add(
    '--style-bottleneck <width>',
    'squeezes the class token that the decoder sees; for decoders that paint without the maps',
    integer('--style-bottleneck'),
  );
  add('--decoder-stages <count>', 'doublings up to what it redraws', integer('--decoder-stages', { least: 0 }), 2);
}

function addTrainingOptions(command: Command): void {
  const weight = (flags: string, text: string, fallback: number) =>
    command.addOption(new Option(flags, text).argParser(atLeastZero(flags.split(' ')[0]!)).default(fallback));
  weight('--diversity-weight <weight>', 'λ of Eq. 7', 0.03);
  weight('--equivariance-weight <weight>', 'maps of mirrored images should be mirrored maps', 0);
  weight('--balance-weight <weight>', 'against parts that die', 0);
  weight('--consistency-weight <weight>', 'patches of a part should have like tokens in all images', 0);
  weight('--variation-weight <weight>', 'total variation of the maps; 1e-3 is a start', 0);
  weight('--style-noise <deviation>', 'noise on the class token that the decoder sees', 0);
  weight('--style-dropout <share>', 'share of its channels set to zero', 0);
  const count = (flags: string, text: string, least: number) =>
    new Option(flags, text).argParser(integer(flags.split(' ')[0]!, { least }));
  command
    .addOption(count('--steps <count>', 'length of the training', 1).default(2000))
    .addOption(count('--batch-size <count>', 'images a step', 1).default(16))
    .addOption(new Option('--learning-rate <rate>', 'its peak').argParser(atLeastZero('--learning-rate')).default(1e-3))
    .addOption(
      count('--rescue-every <steps>', 'look for dead parts that often; 0 never (default: every 1000 images)', 0),
    )
    .addOption(
      count('--memory-limit <MiB>', 'for features; beyond it they are computed again for every batch', 0).default(2048),
    );
}
