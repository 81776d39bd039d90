// The settings of `checkpoint inspect`, `checkpoint convert` and `checkpoint diff`.

import { z } from 'zod';

import { conversionFormats } from '../checkpoints/convert-checkpoint';
import { neededText, numberOr, toggle, wordOr } from './setting';
import { backendSettings, publicWeightsSettings } from './shared-settings';

const weights =
  'weights: a safetensors, PyTorch or numpy file, a folder that holds one, or hf:owner/name[@revision][:file]';

export const inspectCheckpointSettings = z.strictObject({
  file: neededText(weights, '<file>'),
  ...publicWeightsSettings,
  json: toggle('one JSON object instead of a table'),
});

export const convertCheckpointSettings = z.strictObject({
  file: neededText(weights, '<file>'),
  out: neededText('the file or folder to write', '<path>'),
  format: wordOr(
    'semmae',
    conversionFormats,
    'semmae: a model file, which every command here takes; the others as in `export`',
  ),
  ...publicWeightsSettings,
  ...backendSettings,
});

export const diffCheckpointsSettings = z.strictObject({
  before: neededText(weights, '<a>'),
  after: neededText('the others, likewise', '<b>'),
  tolerance: numberOr(0, 'largest difference of two values that count as equal'),
  json: toggle('one JSON object instead of a table'),
});
