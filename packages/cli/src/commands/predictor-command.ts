// The options of commands that predict parts, and the predictor that they name.

import type { ImageDataset } from '@semmae/data';
import {
  type BackgroundChoice,
  backgroundChoices,
  createPredictor,
  loadEncoder,
  loadParts,
  type PartMethod,
  type PartPredictor,
  type PredictorOptions,
  partMethods,
  plainGeometry,
} from '@semmae/pipeline';
import { type Command, Option } from 'commander';
import { type CommandContext, stageOptions } from './command-context';
import { type OpenedData, openData } from './open-data';
import { integer, oneOf } from './option-parsers';
import {
  addBackendOption,
  addGeometryOptions,
  addSeedOption,
  addTokenPreparationOptions,
  type BackendOptions,
  type DataOptions,
  type GeometryChoice,
  type TokenPreparationOptions,
} from './shared-options';

export interface PredictorChoice extends DataOptions, BackendOptions, GeometryChoice, TokenPreparationOptions {
  method: PartMethod;
  encoder?: string;
  parts?: string;
  partCount: number;
  background?: BackgroundChoice;
  smooth: boolean;
  smallestArea: number;
  tokens: 'output' | 'qk';
  seed: number;
}

export function addPredictorOptions(command: Command): Command {
  command
    .addOption(
      new Option(
        '--method <name>',
        `learned: with --encoder and --parts; the rest are baselines (${partMethods.slice(1).join(', ')})`,
      )
        .argParser(oneOf('--method', partMethods))
        .default('learned'),
    )
    .option(
      '--encoder <file>',
      'model.safetensors or its run folder; color, grid and random need none, but get their background from it',
    )
    .option('--parts <file>', 'parts.safetensors of `parts train`, or its run folder')
    .addOption(
      new Option('--part-count <count>', 'of k-means, color, grid and random')
        .argParser(integer('--part-count'))
        .default(6),
    )
    .addOption(
      new Option(
        '--background <rule>',
        'otsu: cut of the summed maps or of the class attention; mass: outside 60 % of each map; uniform: below the mean of each map; border-part: the parts along the border; border-path: what tokens let a walk from the border reach; border-likeness: what is like the border; none (default: otsu; border-path for encoders by masked reconstruction, whose class token is untrained)',
      ).argParser(oneOf('--background', backgroundChoices)),
    )
    .option('--smooth', 'majority of each 3x3 neighborhood', false)
    .addOption(
      new Option('--smallest-area <patches>', 'smaller areas are filled from around them')
        .argParser(integer('--smallest-area'))
        .default(1),
    )
    .addOption(
      new Option('--tokens <source>', 'what k-means clusters: output or qk')
        .argParser(oneOf('--tokens', ['output', 'qk'] as const))
        .default('output'),
    );
  addTokenPreparationOptions(command, 'of k-means: ');
  for (const add of [addGeometryOptions, addSeedOption, addBackendOption]) add(command);
  return command;
}

/** The predictor, and the images at its size. */
export async function openPredictor(
  context: CommandContext,
  choice: PredictorChoice,
): Promise<{ predictor: PartPredictor; data: OpenedData; all: ImageDataset }> {
  const stage = await stageOptions(context, choice.backend);
  const encoder = choice.encoder ? await loadEncoder(choice.encoder) : undefined;
  const parts = choice.parts ? await loadParts(choice.parts) : undefined;
  const options: PredictorOptions = { ...choice, ...stage, standardizeTokens: choice.standardize, encoder, parts };
  if (encoder !== undefined || (choice.method !== 'learned' && choice.method !== 'attention-heads')) {
    const data = await openData(choice, plainGeometry(options).imageSize, context.onProgress);
    // the truth counts its parts everywhere; clusters are fitted on what is not held out
    const training = choice.method === 'ground-truth' ? data.all : data.train;
    return { predictor: await createPredictor({ ...options, training }), data, all: data.all };
  }
  throw await createPredictor(options); // says what is missing
}
