// Options that several commands have, with the same words and defaults.

import { type PlaceFrameName, placeFrames } from '@semmae/parts';
import { type BackendName, backendNames, type GeometryOptions } from '@semmae/pipeline';
import { type Command, Option } from 'commander';
import { atLeastZero, gridSize, imageSize, integer, oneOf } from './option-parsers';

const routeNames = ['patch8', 'upscale', 'stride', 'upsample-map'] as const;

export interface DataOptions {
  data: string;
  masks?: string;
  heldOut: number;
}

/** `use`: what the command does with images that are held out. */
export function addDataOptions(command: Command, use: string): Command {
  return command
    .requiredOption(
      '--data <folder>',
      'photographs: in the folder itself, in one sub-folder per class, or in images/ beside masks/; or the words built-in or built-in:<count> for the built-in data set',
    )
    .option('--masks <folder>', 'PNGs of part labels named like the images (default: masks/ beside images/)')
    .addOption(
      new Option('--held-out <count>', `images to hold out, the same ones in every command: ${use}`)
        .argParser(integer('--held-out', { least: 0 }))
        .default(0, 'none'),
    );
}

export function addGeometryOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--image-size <pixels>',
        'size of the images, 224 or 224x160 (height x width); photographs are cropped to it around their center (default: that of the encoder)',
      ).argParser(imageSize('--image-size')),
    )
    .addOption(
      new Option(
        '--grid-route <name>',
        'how the encoder reaches the grid of the maps: patch8, its own patches; upscale, enlarged images; stride, overlapping patches; upsample-map, interpolated maps',
      )
        .argParser(oneOf('--grid-route', routeNames))
        .default('patch8'),
    )
    .addOption(
      new Option(
        '--grid <rows x columns>',
        'grid of the part maps (default: one cell a patch; twice as fine on the other routes)',
      ).argParser(gridSize('--grid')),
    );
}

export type GeometryChoice = Pick<GeometryOptions, 'imageSize' | 'gridRoute' | 'grid'>;

export interface TokenPreparationOptions {
  standardize: boolean;
  placeWeight: number;
  placeFrame?: PlaceFrameName;
}

/** `user`: what has prepared tokens, as the help begins. */
export function addTokenPreparationOptions(command: Command, user = ''): Command {
  return command
    .option('--standardize', `${user}tokens with mean 0 and deviation 1 in every channel`, false)
    .addOption(
      new Option('--place-weight <weight>', `${user}of six cosines of the place beside each token`)
        .argParser(atLeastZero('--place-weight'))
        .default(0),
    )
    .addOption(
      new Option(
        '--place-frame <name>',
        `${user}with --place-weight: image, the place in the image; object, in what its tokens tell from its border (default: image)`,
      ).argParser(oneOf('--place-frame', placeFrames)),
    );
}

export interface BackendOptions {
  backend: BackendName;
}

export function addBackendOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--backend <name>',
      'cpu, webgpu, cuda: ONNX Runtime with that provider; wasm: tfjs wasm; tensorflow: tfjs-node, if installed',
    )
      .argParser(oneOf('--backend', backendNames))
      .default('cpu'),
  );
}

export function addSeedOption(command: Command): Command {
  return command.addOption(
    new Option('--seed <number>', 'the same seed gives the same result')
      .argParser(integer('--seed', { least: 0 }))
      .default(0),
  );
}

export function addResumeOption(command: Command): Command {
  return command.option('--resume', 'continue what an interruption (Ctrl-C) left in --out', false);
}
