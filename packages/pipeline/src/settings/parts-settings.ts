// The settings of the stages of part learning.

import { z } from 'zod';

import { backgroundChoices } from '../predictors/encoder-saliency';
import { partMethods } from '../predictors/part-predictor';
import { decoderNames } from '../stages/parts-config';
import { integer, integerOr, neededText, number, numberOr, text, toggle, word, wordOr } from './setting';
import {
  backendSettings,
  checkpointSetting,
  dataSettings,
  geometrySettings,
  maskedDataSettings,
  modelPaths,
  publicWeightsSettings,
  resumeSetting,
  seedSetting,
  shownBandsSetting,
  tokenSettings,
  workersSetting,
} from './shared-settings';

const blur = z
  .string()
  .regex(/^(gaussian|box|none)(:\d+)?$/, 'gaussian, box or none, with a size such as gaussian:7')
  .transform((name) => {
    const [kind, size] = name.split(':') as ['gaussian' | 'box' | 'none', string?];
    return size === undefined ? { kind } : { kind, size: Number(size) };
  })
  .optional()
  .meta({
    description: 'low-pass between maps and decoder: gaussian, box or none, and size: gaussian:7',
    placeholder: '<kind>',
  });

export const learnPartsSettings = z.strictObject({
  encoder: neededText(`the encoder to learn them on: ${modelPaths}`, '<path>'),
  ...dataSettings('not trained on'),
  out: neededText('run folder: parts.safetensors, checkpoints and metrics.jsonl go there', '<folder>'),
  ...geometrySettings,
  partCount: integerOr(6, 'parts in an image'),
  tokens: wordOr('output', ['output', 'qk'], 'output: last block; qk: its query and keys', '<source>'),
  classToken: word(
    ['class', 'mean', 'shared'],
    'class: the class token, as in the paper; mean: the mean patch token; shared: the same query for all images, so that ids mean the same everywhere (default: class; mean where the encoder has no class token)',
    '<source>',
  ),
  ...tokenSettings(),
  softmaxAxis: wordOr('positions', ['positions', 'parts'], 'what maps sum to 1 over', '<axis>'),
  gateInitialization: wordOr(
    'xavier',
    ['xavier', 'heads'],
    'xavier, or heads: start at the attention heads (with qk tokens and as many parts as heads)',
  ),
  gateGain: number('of xavier gates; 2 starts the parts further apart', { placeholder: '<factor>' }),
  hiddenWidth: integer('hidden width of the gates (default: width of the encoder)'),
  temperature: number('on the logits (default: 1 / sqrt(width))', { placeholder: '<factor>' }),
  learnTemperature: toggle('train that factor'),
  separateProjection: toggle('two projections in Eq. 2 instead of one'),
  blur,
  decoder: wordOr('small', decoderNames, 'width of the decoder', '<size>'),
  decoderStages: integerOr(2, 'doublings up to what it redraws', { least: 0 }),
  styleBottleneck: integer('squeezes the class token that the decoder sees; for decoders that paint without the maps'),
  diversityWeight: numberOr(0.03, 'λ of Eq. 7', { placeholder: '<weight>' }),
  equivarianceWeight: numberOr(0, 'maps of mirrored images should be mirrored maps', { placeholder: '<weight>' }),
  balanceWeight: numberOr(0, 'against parts that die', { placeholder: '<weight>' }),
  consistencyWeight: numberOr(0, 'patches of a part should have like tokens in all images', {
    placeholder: '<weight>',
  }),
  variationWeight: numberOr(0, 'total variation of the maps; 1e-3 is a start', { placeholder: '<weight>' }),
  styleNoise: numberOr(0, 'noise on the class token that the decoder sees', { placeholder: '<deviation>' }),
  styleDropout: numberOr(0, 'share of its channels set to zero', { placeholder: '<share>' }),
  steps: integerOr(2000, 'length of the training'),
  batchSize: integerOr(16, 'images a step'),
  learningRate: numberOr(1e-3, 'its peak', { placeholder: '<rate>' }),
  rescueEvery: integer('look for dead parts after so many steps; 0 never (default: every 1000 images)', { least: 0 }),
  memoryLimit: integerOr(2048, 'MiB for features; beyond it they are computed again for every batch', { least: 0 }),
  ...publicWeightsSettings,
  ...checkpointSetting,
  ...workersSetting,
  ...seedSetting,
  ...backendSettings,
  ...resumeSetting,
});

/** Of whatever predicts parts. */
export const predictorSettings = {
  method: wordOr('learned', partMethods, 'learned: with an encoder and parts; the rest are baselines'),
  encoder: text(
    `the encoder: ${modelPaths}; color, grid and random need none, but get their background from it`,
    '<path>',
  ),
  parts: text('parts.safetensors of `parts learn`, or its run folder', '<path>'),
  partCount: integerOr(6, 'of k-means, color, grid and random'),
  background: word(
    backgroundChoices,
    'otsu: cut of the summed maps or of the class attention; mass: outside 60 % of each map; uniform: below the mean of each map; border-part: the parts along the border; border-path: what tokens let a walk from the border reach; border-likeness: what is like the border; none (default: otsu; border-path for encoders by masked reconstruction, whose class token is untrained)',
    '<rule>',
  ),
  smooth: toggle('majority of each 3x3 neighborhood'),
  smallestArea: integerOr(1, 'smaller areas are filled from around them', { placeholder: '<patches>' }),
  tokens: wordOr(
    'output',
    ['output', 'qk'],
    'what k-means clusters, and what tells color, grid and random their background',
    '<source>',
  ),
  ...tokenSettings('of k-means: '),
  ...geometrySettings,
  ...publicWeightsSettings,
  ...seedSetting,
  ...backendSettings,
};

export const extractPartsSettings = z.strictObject({
  ...maskedDataSettings('k-means and color do not fit clusters on them; their maps are written like all others'),
  out: neededText('the shard, such as parts.safetensors', '<file>'),
  forEval: toggle(
    'also write <out>.foreground, <out>.mirrored and <out>.cropped, which `parts eval` wants for foreground scores and the consistency of mirror images and crops; three times the work',
  ),
  ...predictorSettings,
  ...resumeSetting,
});

export const evaluatePartsSettings = z.strictObject({
  ...maskedDataSettings('only they are scored; the others serve the regression of landmarks'),
  shard: neededText('of `parts extract`; with --for-eval it has all scores', '<file>'),
  encoder: text('refuse a shard of another encoder, and images that it was trained on', '<path>'),
  parts: text('refuse images that these parts were learned on', '<path>'),
  ...publicWeightsSettings,
  allowSeen: toggle('score images that were trained on all the same'),
  labelFree: toggle('only the scores that need no masks'),
  json: toggle('one JSON object instead of a table'),
});

export const showPartsSettings = z.strictObject({
  ...maskedDataSettings('only they are shown'),
  out: neededText('the PNG to write', '<file>'),
  shard: text('show the maps of a shard instead of predicting them', '<file>'),
  images: integerOr(16, 'rows, evenly spaced over the images'),
  scale: integerOr(1, 'enlargement', { placeholder: '<factor>' }),
  ...shownBandsSetting,
  ...predictorSettings,
});
