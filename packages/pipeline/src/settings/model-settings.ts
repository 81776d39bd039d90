// The settings of the stages that use a model: embed, probe, export.

import { z } from 'zod';

import { poolings } from '../features/pooled-extractor';
import { exportFormatNames } from '../stages/export-model';
import { imageSize, integerOr, neededText, share, text, toggle, word, wordOr } from './setting';
import {
  backendSettings,
  imagesSettings,
  modelSetting,
  preprocessingSettings,
  publicWeightsSettings,
  resumeSetting,
} from './shared-settings';

const features = {
  pooling: wordOr(
    'class',
    poolings,
    'class: the class token, of DeiT with a distillation token the mean of both, of models without one the mean patch token; mean: the mean patch token; both: one after the other',
  ),
  ...preprocessingSettings,
  batchSize: integerOr(16, 'images that are encoded at a time'),
};

export const embedSettings = z.strictObject({
  ...modelSetting,
  ...imagesSettings,
  out: neededText('.npy, .csv, .jsonl or .safetensors; names of files and labels go along', '<file>'),
  ...features,
  ...publicWeightsSettings,
  ...backendSettings,
  ...resumeSetting,
});

export const probeSettings = z.strictObject({
  ...modelSetting,
  ...imagesSettings,
  test: text('labeled images to judge on (default: a share of each class)', '<folder>'),
  knn: toggle('k nearest neighbors alone'),
  linear: toggle('the linear probe alone'),
  seeds: integerOr(5, 'times that the images are split anew'),
  heldOutShare: share('share of each class that is judged on (default: 0.2)'),
  ...features,
  out: text('write the table as JSON', '<file>'),
  json: toggle('print the table as JSON'),
  ...publicWeightsSettings,
  ...backendSettings,
});

export const exportSettings = z.strictObject({
  ...modelSetting,
  format: word(
    exportFormatNames,
    'onnx: a graph with batches of any size; safetensors: weights under the names of timm; huggingface: a folder for transformers; tfjs: a tfjs-layers model',
  ),
  out: neededText('the file, or the folder for transformers or tfjs-layers', '<path>'),
  imageSize: imageSize('size of the images that it will see (default: that of the encoder)'),
  ...publicWeightsSettings,
  ...backendSettings,
});
