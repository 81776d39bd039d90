// The command line of the study.

import { assertInteger, assertOneOf, SemmaeError } from '@semmae/core';
import { type PretrainRecipeName, pretrainRecipeNames } from '@semmae/pipeline';
import { Command } from 'commander';

export interface StudyOptions {
  /** A folder of images with masks; the built-in data set where absent. */
  data: string | undefined;
  /** Images of the built-in data set. */
  images: number;
  heldOut: number;
  seeds: number;
  recipe: PretrainRecipeName;
  encoderSteps: number;
  /** An encoder file that every seed uses, in place of training one a seed. */
  encoder: string | undefined;
  partSteps: number;
  /** Side of the images that the encoder sees when parts are learned, in pixels. */
  imageSize: number;
  /** Whether one change at a time is made too. */
  ablations: boolean;
  /** Names of methods to compute, these alone; empty: the usual ones. */
  only: string[];
  /** Of ONNX Runtime; undefined: one per core. */
  threads: number | undefined;
  out: string;
}

type Count = 'images' | 'heldOut' | 'seeds' | 'encoderSteps' | 'partSteps' | 'imageSize';

/** As commander gives them: counts are text still. */
type RawOptions = Omit<StudyOptions, Count | 'threads'> & Record<Count, string> & { threads?: string };

/** Parses `argv` (as of process.argv); prints help and exits by itself where that is asked for. */
export function parseOptions(argv: readonly string[]): StudyOptions {
  const program = new Command()
    .name('npm run study:parts --')
    .description(
      'Trains encoders and parts with several seeds, scores them beside every baseline, and writes tables and panels.',
    )
    .option('--data <folder>', 'photographs in images/, part labels in masks/ (default: the built-in part data set)')
    .option('--images <count>', 'images of the built-in data set', '400')
    .option('--held-out <count>', 'images that nothing is trained on; all scores are of these', '100')
    .option('--seeds <count>', 'encoders, and parts on each', '3')
    .option('--recipe <name>', 'of the encoder, as in `semmae pretrain`', 'mae-small')
    .option('--encoder-steps <count>', 'length of its training', '1000')
    .option('--encoder <file>', 'use this encoder for every seed instead of training one for each')
    .option('--part-steps <count>', 'length of a training of parts', '200')
    .option('--image-size <pixels>', 'what the encoder sees when parts are learned', '128')
    .option('--ablations', 'also one change at a time', false)
    .option('--only <names...>', 'these methods alone, by their names in the tables', [])
    .option('--threads <count>', 'of this process; several may share the work of one --out (default: one per core)')
    .requiredOption('--out <folder>', 'models, cells and tables; finished ones are not computed again')
    .exitOverride((stop) => process.exit(stop.exitCode === 0 ? 0 : 1))
    .parse(argv as string[]);
  if (program.args.length > 0) {
    const got = program.args.join(' ');
    throw new SemmaeError({ where: 'study', requirement: 'options start with --', got, remedy: 'see --help' });
  }
  const { data, encoder, recipe, ablations, only, out, threads, ...counts } = program.opts<RawOptions>();
  assertOneOf('study', '--recipe', recipe, pretrainRecipeNames);
  const read = (name: string, text: string) => {
    const count = Number(text);
    assertInteger('study', name, count);
    return count;
  };
  const integer = (name: keyof typeof counts) => read(name, counts[name]);
  return {
    ...{ data, encoder, recipe, ablations, only, out },
    threads: threads === undefined ? undefined : read('threads', threads),
    images: integer('images'),
    heldOut: integer('heldOut'),
    seeds: integer('seeds'),
    encoderSteps: integer('encoderSteps'),
    partSteps: integer('partSteps'),
    imageSize: integer('imageSize'),
  };
}
