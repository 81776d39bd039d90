// The view masking that a recipe describes.

import {
  type BatchMaskingStrategy,
  ibotMasking,
  lowAttentionMasking,
  type MaskingStrategy,
  mixedRatios,
  publishedAttentionMasking,
  sharedRatio,
} from '@semmae/masking';

import type { RecipeMasking } from './self-distillation-recipe';
import { type ViewMasking, viewMasking } from './view-masking/view-masking';

export function recipeMasking(masking: RecipeMasking): ViewMasking {
  return viewMasking(recipeStrategy(masking));
}

function recipeStrategy(masking: RecipeMasking): MaskingStrategy | BatchMaskingStrategy {
  switch (masking.kind) {
    case 'block':
    case 'random':
      return ibotMasking({ shape: masking.kind, ratios: mixedRatios(masking.ratios) });
    case 'attention-high':
      return publishedAttentionMasking({ mode: 'high', ratios: sharedRatio(masking) });
    case 'attention-low':
      return publishedAttentionMasking({ mode: 'low', ratios: sharedRatio(masking) });
    case 'attention-hint':
      return publishedAttentionMasking({
        mode: 'hint',
        ratios: sharedRatio(masking),
        hintShown: [masking.least, masking.most],
      });
    case 'low-attention':
      return lowAttentionMasking(masking);
  }
}
