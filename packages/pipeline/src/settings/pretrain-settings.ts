// The settings of `pretrain`.

import { z } from 'zod';

import { pretrainMethods, pretrainRecipeNames } from '../recipes/pretrain-recipe';
import { integer, neededText, number, numberList, share, text, toggle, word, wordOr } from './setting';
import {
  backendSettings,
  checkpointSetting,
  dataSettings,
  modelPaths,
  publicWeightsSettings,
  resumeSetting,
  seedSetting,
  shownBandsSetting,
  workersSetting,
} from './shared-settings';

/** Heads are those of the recipe as well. */
const { heads: _heads, decoderHeads: _decoderHeads, ...ofWeights } = publicWeightsSettings;

export const pretrainSettings = z.strictObject({
  method: word(
    pretrainMethods,
    'mae, semmae: reconstruct hidden patches; dino, ibot, attmask, mst: self-distillation; adios: against learned masks (default: mae)',
  ),
  ...dataSettings('not trained on'),
  pixelMean: numberList(
    'mean of each channel, pixels in [0, 1] (default: of RGB that of ImageNet; else measured on the images)',
    '<m1,m2...>',
  ),
  pixelDeviation: numberList('standard deviation of each channel, beside --pixel-mean', '<d1,d2...>'),
  ...shownBandsSetting,
  out: neededText('run folder: the model, checkpoints, metrics, pictures and the report go there', '<folder>'),
  recipe: word(
    pretrainRecipeNames as readonly [(typeof pretrainRecipeNames)[number], ...typeof pretrainRecipeNames],
    'all settings under one name: <method>-small for hundreds of photographs on two cores (default), or a published run',
  ),
  modelSize: word(['tiny', 'small', 'base', 'large', 'huge'], 'width, depth and heads of a published ViT'),
  width: integer('channels of a token'),
  depth: integer('blocks'),
  heads: integer('attention heads'),
  patchSize: integer('side of a patch', { placeholder: '<pixels>' }),
  imageSize: integer('side of the views that the encoder is trained on', { placeholder: '<pixels>' }),
  decoderWidth: integer('channels of the decoder of mae and semmae'),
  decoderDepth: integer('its blocks'),
  decoderHeads: integer('its attention heads'),
  masking: text(
    'a strategy of @semmae/masking with its ratio and options: random, block:0.6, attention:0.75,mode=high, semantic; `semmae show masks --help` lists them',
    '<name>',
  ),
  maskRatio: share('share of patches that the encoder does not see (default: 0.75)'),
  keptShare: share('share of patches that are used at all, those with the highest foreground score (semmae: 0.25)'),
  gamma: number('of semantic masking: α = progress^γ (default: 2)', { placeholder: '<exponent>' }),
  parts: text(
    'part maps, or learned parts with --encoder, or a run folder that has one of them (default: learned first)',
    '<path>',
  ),
  encoder: text(`encoder to learn the parts on: ${modelPaths} (default: pre-trained first)`, '<path>'),
  encoderSteps: integer('length of the pre-training of that encoder'),
  partSteps: integer('length of the part learning (default: 200)'),
  partCount: integer('parts in an image (default: 6)'),
  epochs: integer('passes over the images (default: of the recipe)'),
  steps: integer('length in steps instead, rounded to whole passes'),
  batchSize: integer('images a step'),
  learningRate: number('peak of the learning rate', { placeholder: '<rate>' }),
  warmupEpochs: number('epochs in which it rises', { placeholder: '<count>' }),
  schedule: wordOr(
    'cosine',
    ['cosine', 'constant'],
    'learning rate after the warm-up; a constant one allows a finished run to be lengthened',
  ),
  startFrom: text(
    `begin with the weights of this model, whose sizes the recipe gets: ${modelPaths}; options on weights of other projects are about it`,
    '<path>',
  ),
  ...ofWeights,
  ...checkpointSetting,
  ...workersSetting,
  ...seedSetting,
  ...backendSettings,
  ...resumeSetting,
  dryRun: toggle('say what would be trained, how large it is and how long it takes, after a few measured steps'),
});

export type PretrainSettings = z.infer<typeof pretrainSettings>;
