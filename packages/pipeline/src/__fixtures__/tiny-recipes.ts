// Recipes for encoders of patch size 4, width 12, depth 1 and 3 heads.

import { type MAERecipe, maeRecipe, type SelfDistillationRecipe, selfDistillationRecipe } from '@semmae/train';

const sizes = { patchSize: 4, width: 12, depth: 1, heads: 3 };
const small = selfDistillationRecipe('small');

export const tinyDistillation: SelfDistillationRecipe = {
  ...small,
  name: 'tiny',
  encoder: { ...small.encoder, ...sizes },
  head: { ...small.head, hiddenWidth: 16, bottleneckWidth: 8, prototypes: 10 },
  views: { ...small.views, globalSize: 16, localSize: 8, localCount: 1 },
  batchSize: 5,
};

export const tinyMAE: MAERecipe = {
  ...maeRecipe('mae-small'),
  name: 'tiny-mae',
  encoder: sizes,
  decoder: { width: 8, depth: 1, heads: 2 },
  views: { size: 20, scale: [0.3, 1], jitter: 0.8, grayscale: 0.2 },
  batchSize: 5,
};
