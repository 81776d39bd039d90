// Recipes for encoders of patch size 4, width 12, depth 1 and 3 heads.

import { type SelfDistillationRecipe, selfDistillationRecipe } from '@semmae/train';

import { type AdversarialRecipe, adversarialSmall } from '../recipes/adversarial-recipe';
import { type MaskedImageRecipe, maskedImageRecipe } from '../recipes/masked-image-recipe';

const sizes = { patchSize: 4, width: 12, depth: 1, heads: 3 };
const small = selfDistillationRecipe('ibot-small');

export const tinyDistillation: SelfDistillationRecipe = {
  ...small,
  name: 'tiny',
  encoder: { ...small.encoder, ...sizes },
  head: { ...small.head, hiddenWidth: 16, bottleneckWidth: 8, prototypes: 10 },
  views: { ...small.views, globalSize: 16, localSize: 8, localCount: 1 },
  batchSize: 5,
};

const ofMaskedImages = { encoder: sizes, decoder: { width: 8, depth: 1, heads: 2 }, batchSize: 5 };

export const tinyMAE: MaskedImageRecipe = {
  ...maskedImageRecipe('mae-small'),
  ...ofMaskedImages,
  name: 'tiny-mae',
  views: { size: 20, scale: [0.3, 1], jitter: 0.8, grayscale: 0.2 },
};

export const tinySemMAE: MaskedImageRecipe = {
  ...maskedImageRecipe('semmae-small'),
  ...ofMaskedImages,
  name: 'tiny-semmae',
  views: { size: 28, scale: [1, 1], jitter: 0, grayscale: 0 },
};

export const tinyAdversarial: AdversarialRecipe = {
  ...adversarialSmall,
  name: 'tiny-adios',
  encoder: sizes,
  embedding: { hiddenWidth: 11, width: 7 },
  masks: { count: 3, baseWidth: 8, penaltyWeight: 1 },
  views: { size: 16, scale: [0.4, 1] },
  batchSize: 5,
};
