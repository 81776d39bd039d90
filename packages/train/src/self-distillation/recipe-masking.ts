// The view masking that a recipe describes.

import type { RecipeMasking } from './self-distillation-recipe';
import { hintMasking } from './view-masking/hint-masking';
import { lowAttentionMasking } from './view-masking/low-attention-masking';
import { mixedRatios, sharedRatio } from './view-masking/mask-ratios';
import { blocks, leastAttended, mostAttended, randomPatches, ratioMasking } from './view-masking/ratio-masking';
import type { ViewMasking } from './view-masking/view-masking';

export function recipeMasking(masking: RecipeMasking): ViewMasking {
  switch (masking.kind) {
    case 'block':
      return ratioMasking({ strategy: blocks, ratios: mixedRatios(masking.ratios) });
    case 'random':
      return ratioMasking({ strategy: randomPatches, ratios: mixedRatios(masking.ratios) });
    case 'attention-high':
      return ratioMasking({ strategy: mostAttended, ratios: sharedRatio(masking) });
    case 'attention-low':
      return ratioMasking({ strategy: leastAttended, ratios: sharedRatio(masking) });
    case 'attention-hint':
      return hintMasking({ ratios: sharedRatio(masking), shown: [masking.least, masking.most] });
    case 'low-attention':
      return lowAttentionMasking(masking);
  }
}
