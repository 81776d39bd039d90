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
  integerList,
  integerOr,
  neededText,
  number,
  numberList,
  numberOr,
  numberRange,
  optionalTexts,
  share,
  shareOr,
  text,
  toggle,
  toggleOn,
  word,
  wordOr,
} from './setting';

/** What is read. */
export const sourceSettings = {
  data: neededText(
    "images: a folder of them, with a sub-folder for each class, or with images/ beside masks/; a list file (.csv, .tsv, .txt, .jsonl); tar shards ('train-{000..127}.tar', .tar.gz, .tar.zst, or their folder); Parquet files; hf:owner/name of the Hugging Face Hub; CIFAR or idx files; built-in or built-in:<count>, the drawn data set",
    '<path>',
  ),
  masks: text('label files named like the images: PNG, TIFF or .npy (default: masks/ beside images/)', '<folder>'),
  split: text('which of several splits, such as test (default: train)', '<name>'),
  label: text('which of several labels: a column of a table, or fine or coarse of CIFAR-100', '<name>'),
  labelFile: text('a list of the labels of images in a folder, file,label (default: labels.csv in it)', '<file>'),
  layout: word(
    folderLayouts,
    'of a folder: classes, a sub-folder each; flat, no sub-folders; nested, all images without classes (default: as most images lie)',
    '<layout>',
  ),
  missingShards: word(
    ['fail', 'skip'],
    'what becomes of tar shards that are named and not there (default: fail)',
    '<policy>',
  ),
  cacheIndex: toggleOn('whether to keep what was found in large folders and shards, for the next time'),
};

/** What the values of image files become. */
export const pixelRuleSettings = {
  channels: integer(
    'channels of every image: 1, 3 or as many as the files have (default: 3, or one for each of --bands)',
  ),
  bands: integerList('which bands of a file become the channels, in order, from 0 (default: all)', '<numbers>'),
  valueRange: numberRange(
    'the stored values that become black and white, for files of more than 8 bits that do not say it',
  ),
  pixelLimit: integer('leave out images of more pixels (default: 100 million)', { placeholder: '<pixels>' }),
  damaged: word(
    ['accept-warnings', 'strict'],
    'accept-warnings: use files that a decoder reads with a warning and no pixel missing; strict: leave them out (default: accept-warnings)',
    '<policy>',
  ),
};

/** What the numbers of label files mean. */
export const labelRuleSettings = {
  ignoreLabel: integer('id of pixels without a label in masks, often 255, which nothing scores', {
    least: 0,
    placeholder: '<id>',
  }),
  colorTable: text(
    'ids of colors, for masks in RGB: a JSON file of a list of [red, green, blue] by id, or { "#rrggbb": id }',
    '<file>',
  ),
};

/** How images are found and read, whatever a stage does with them. */
export const readingSettings = {
  ...sourceSettings,
  ...pixelRuleSettings,
  ...labelRuleSettings,
  unreadable: wordOr(
    'skip',
    ['skip', 'fail'],
    'skip: leave out images that cannot be read, and count them; fail: stop',
    '<policy>',
  ),
  maxUnreadable: shareOr(0.1, 'stop when more than this share of the images cannot be read; one may always be'),
};

const { data, masks, ...reading } = readingSettings;
const { ignoreLabel: _ignoreLabel, colorTable: _colorTable, ...withoutLabels } = reading;

/** Of stages that look at no masks. */
export const imagesSettings = { data, ...withoutLabels };

/** `use`: what the stage does with images that are held out. */
export function heldOutSetting(use: string) {
  return { heldOut: integerOr(0, `images to hold out, the same ones in every command: ${use}`, { least: 0 }) };
}

/** Of stages that look at masks. */
export function maskedDataSettings(use: string) {
  return { data, masks, ...heldOutSetting(use), ...reading };
}

/** Of stages that look at images alone. */
export function dataSettings(use: string) {
  return { data, ...heldOutSetting(use), ...withoutLabels };
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

/** Of trainings. */
export const workersSetting = {
  workers: integer('threads that decode images and draw views; 0: none (default: the cores less one)', { least: 0 }),
};

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
