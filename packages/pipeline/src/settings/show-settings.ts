// The settings of `show masks` and `show reconstructions`.

import { z } from 'zod';

import { decoderTargets } from '../models/load-model';

import { imageSize, integerOr, neededText, numberOr, share, sharesOr, text, textOr, texts, word } from './setting';
import {
  backendSettings,
  dataSettings,
  modelSetting,
  publicWeightsSettings,
  seedSetting,
  shownBandsSetting,
} from './shared-settings';

const panelSettings = {
  ...dataSettings('only they are shown'),
  out: neededText('the PNG to write', '<file>'),
  images: integerOr(6, 'rows, evenly spaced over the images'),
  maskRatio: share('share of patches to hide, where the name of a strategy has none (default: 0.75)'),
  keptShare: share('share of patches that are used at all, those with the highest scores in --parts (default: 1)'),
  parts: text(
    'part maps and scores for strategies that follow them: a shard of `parts extract`, or the run folder of a SemMAE pre-training',
    '<path>',
  ),
  ...shownBandsSetting,
  ...seedSetting,
};

export const showMasksSettings = z.strictObject({
  ...panelSettings,
  masking: texts('strategies, a column each: random block:0.6 semantic,gamma=3', '<name...>'),
  progress: sharesOr(
    '0,0.5,1',
    'moments of the training, a column each for strategies that change with it, such as semantic',
  ),
  imageSize: imageSize('size of the images, 224 or 224x160 (default: that of --parts, or 224)'),
  patchSize: integerOr(16, 'side of a patch', { placeholder: '<pixels>' }),
});

export const showReconstructionsSettings = z.strictObject({
  ...modelSetting,
  decoderTarget: word(
    decoderTargets,
    'of public weights, what the decoder predicts: patches standardized, or plain pixels (default: as their configuration says, or standardized)',
    '<target>',
  ),
  ...publicWeightsSettings,
  ...panelSettings,
  masking: textOr(
    'random',
    'the strategy, with its ratio and options; `semmae show masks --help` lists them',
    '<name>',
  ),
  progress: numberOr(1, 'share of the training that is done, for strategies that change with it', {
    placeholder: '<share>',
  }),
  ...backendSettings,
});
