// Settings that several stages have, with the same names, words and defaults.

import { familyNames, positionInterpolations } from '@semmae/checkpoints';
import { interpolations } from '@semmae/core';
import { folderLayouts } from '@semmae/data';
import { placeFrames } from '@semmae/parts';

import { backendNames } from '../backends/select-backend';
import {
  gridSize,
  imageSize,
  integer,
  integerOr,
  neededText,
  number,
  numberList,
  numberOr,
  optionalTexts,
  share,
  shareOr,
  text,
  toggle,
  word,
  wordOr,
} from './setting';

/** How images are read, whatever a stage does with them. */
export const readingSettings = {
  unreadable: wordOr(
    'skip',
    ['skip', 'fail'],
    'skip: leave out images that cannot be read, and count them; fail: stop',
    '<policy>',
  ),
  maxUnreadable: shareOr(0.1, 'stop when more than this share of the images cannot be read; one may always be'),
  label: text('which labels, where there are several: a column of Parquet, or fine or coarse of CIFAR-100', '<name>'),
  labelFile: text('a list of the labels of images in a folder, file,label (default: labels.csv in it)', '<file>'),
  layout: word(
    folderLayouts,
    'of a folder: classes, a sub-folder each; flat, no sub-folders; nested, all images without classes (default: as most images lie)',
    '<layout>',
  ),
};

/** `use`: what the stage does with images that are held out. */
export function dataSettings(use: string) {
  return {
    data: neededText(
      'photographs: a folder with them, with one sub-folder per class, or with images/ and masks/; a list of them (.csv, .txt, .jsonl); .tar shards such as train-{000..127}.tar; Parquet files, hf:owner/name[:split], CIFAR or idx files; or built-in or built-in:<count>, the drawn data set',
      '<path>',
    ),
    ...readingSettings,
    masks: text('PNGs of part labels named like the images (default: masks/ beside images/)', '<folder>'),
    heldOut: integerOr(0, `images to hold out, the same ones in every command: ${use}`, { least: 0 }),
  };
}

/** Of stages that draw pictures of the images. */
export const shownBandsSetting = {
  showBands: numberList(
    'channels, from 0, that pictures show as red, green and blue, or one for gray (default: the first three; the first of one or two)',
    '<r,g,b>',
  ),
};

/** How photographs become what an encoder sees. */
export const preprocessingSettings = {
  imageSize: imageSize(
    'size of the images, 224 or 224x160 (height x width); photographs are cropped to it around their center (default: that of the encoder)',
  ),
  cropFraction: share('share of the resized sides that the crop keeps (default: that of the encoder)'),
  interpolation: word(interpolations, 'how photographs are resized (default: as those of the encoder)', '<filter>'),
};

export const geometrySettings = {
  ...preprocessingSettings,
  gridRoute: wordOr(
    'patch8',
    ['patch8', 'upscale', 'stride', 'upsample-map'],
    'how the encoder reaches the grid of the maps: patch8, its own patches; upscale, enlarged images; stride, overlapping patches; upsample-map, interpolated maps',
  ),
  grid: gridSize('grid of the part maps (default: one cell a patch; twice as fine on the other routes)'),
};

/** `user`: what has prepared tokens, as the description begins. */
export function tokenSettings(user = '') {
  return {
    standardize: toggle(`${user}tokens with mean 0 and deviation 1 in every channel`),
    placeWeight: numberOr(0, `${user}weight of six cosines of the place beside each token`),
    placeFrame: word(
      placeFrames,
      `${user}with a place weight: image, the place in the image; object, in what its tokens tell from its border (default: image)`,
    ),
    keptShare: numberOr(
      1,
      `${user}share of the patches that parts are made of, the most salient ones; the others are background`,
      {
        placeholder: '<share>',
      },
    ),
  };
}

export const seedSetting = {
  seed: integerOr(0, 'the same seed gives the same result', { least: 0, placeholder: '<number>' }),
};

export const backendSettings = {
  backend: wordOr(
    'cpu',
    backendNames,
    'cpu, webgpu, cuda: ONNX Runtime with that provider; wasm: tfjs wasm; tensorflow: tfjs-node, if installed',
  ),
  threads: integer('threads of the cpu backend (default: the cores)'),
};

export const resumeSetting = {
  resume: toggle('go on with what an interruption left in the run folder or file; a new one simply starts'),
};

export const checkpointSetting = {
  checkpointMinutes: number('minutes from one checkpoint to the next (default: 5)', { least: 0 }),
};

/** What models are named by, wherever one is taken. */
export const modelPaths =
  'a run folder or model file, public weights (safetensors, PyTorch, NumPy, a folder of Hugging Face), or hf:owner/name[@revision][:file]';

export const modelSetting = { model: neededText(`the model: ${modelPaths}`, '<path>') };

/** What a person says about weights of other projects where the file alone does not. */
export const publicWeightsSettings = {
  family: word(familyNames, 'of weights of other projects: whose they are (default: recognized by their names)'),
  network: text(
    'which of several networks, by a word of its path: student, model_ema (default: the teacher)',
    '<word>',
  ),
  heads: integer('attention heads (default: as config.json says, or one for 64 channels)'),
  decoderHeads: integer('those of the decoder (default: as config.json says, or one for 32 channels)'),
  positionGrid: gridSize('grid of the position table, where it is no square'),
  positionInterpolation: word(
    positionInterpolations,
    'positions at other image sizes: aligned, dino, antialias: bicubic as those projects do it; recompute: sines and cosines anew, of MAE and SemMAE (default: as the family does it)',
    '<way>',
  ),
  normEpsilon: number('of the layer norms (default: as config.json says, or that of the family)'),
  allowMissing: optionalTexts('weights that may be missing, by name or its beginning', '<name...>'),
  allowUnexpected: optionalTexts('tensors that may be left over, likewise', '<name...>'),
};
