// The command line of one training.

import { assertInteger, assertOneOf, assertRange, SemmaeError } from '@semmae/core';
import { Command } from 'commander';

import { type ModelName, modelNames } from './players';

export interface LearnedMasksOptions {
  out: string;
  /** Rounds of the game. */
  steps: number;
  /** N. */
  masks: number;
  /** What the encoder is trained with. */
  model: ModelName;
  /** α of the sparsity penalty. */
  penaltyWeight: number;
  /** To train on. */
  images: number;
  /** Images that masks are scored on. */
  heldOut: number;
  /** The first of them, in the picture. */
  rows: number;
  /** Of weights and views; the images are the same for all seeds. */
  seed: number;
  /** Of ONNX Runtime; undefined: one per core. */
  threads: number | undefined;
}

/** As commander gives them: text still. */
type RawOptions = Record<Exclude<keyof LearnedMasksOptions, 'threads'>, string> & { threads?: string };

const where = 'learned-masks';
/** ADIOS has 0 to 1.7. */
const mostPenalty = 100;
/** Colors that the picture can tell apart. */
const mostMasks = 24;

/** Parses `argv` (as of process.argv); prints help and exits by itself where that is asked for. */
export function parseOptions(argv: readonly string[]): LearnedMasksOptions {
  const program = new Command()
    .name('npm run learned-masks --')
    .description(
      'Trains adversarial masks (ADIOS) on the built-in data; writes the run, learned-masks.png and metrics.json. The same command ' +
        'goes on after Ctrl-C.',
    )
    .requiredOption('--out <folder>', 'of the run')
    .option('--steps <count>', 'rounds of the game, an update of either player each', '600')
    .option('--masks <count>', 'masks that share each image', '4')
    .option('--model <name>', `how the encoder learns: ${modelNames.join(', ')}`, 'simclr')
    .option('--penalty-weight <number>', 'of masks that hide nothing or everything; 0 for none', '1')
    .option('--images <count>', 'images to train on', '400')
    .option('--held-out <count>', 'other images, to score masks on', '200')
    .option('--rows <count>', 'of these, in the picture', '8')
    .option('--seed <integer>', 'of weights and views', '0')
    .option('--threads <count>', 'of ONNX Runtime (default: one per core)')
    .configureOutput({ outputError: () => {} }) // said by what is thrown
    .exitOverride((stop) => {
      if (stop.exitCode === 0) process.exit(0); // help was asked for
      throw refused(stop.message);
    })
    .parse(argv as string[]);
  const { out, model, threads, ...raw } = program.opts<RawOptions>();
  assertOneOf(where, '--model', model, modelNames);
  const penaltyWeight = numberOf(raw.penaltyWeight);
  assertRange(where, '--penalty-weight', penaltyWeight, 0, mostPenalty);
  const masks = integer('--masks', raw.masks);
  assertRange(where, '--masks', masks, 2, mostMasks);
  const [heldOut, rows] = [integer('--held-out', raw.heldOut), integer('--rows', raw.rows)];
  assertRange(where, '--rows', rows, 1, heldOut);
  return {
    ...{ out, masks, model, penaltyWeight, heldOut, rows },
    steps: integer('--steps', raw.steps),
    images: integer('--images', raw.images),
    seed: integer('--seed', raw.seed, 0),
    threads: threads === undefined ? undefined : integer('--threads', threads),
  };
}

function refused(message: string): SemmaeError {
  const got = message.replace(/^error: /, '').replace(/\s+/g, ' ');
  return new SemmaeError({ where, requirement: 'options must be those of --help', got, remedy: 'see --help' });
}

function integer(name: string, text: string, least = 1): number {
  const value = numberOf(text);
  assertInteger(where, name, value, { least });
  return value;
}

/** NaN for an empty text, which `Number` takes for 0. */
function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}
