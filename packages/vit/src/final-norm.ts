// What follows the last block: a layer norm of all tokens, or of their mean, or none.

import type { WeightPlan } from './seeded-layer';
import { normWeights } from './transformer-block';

export const finalNorms = ['tokens', 'pooled', 'none'] as const;
export type FinalNorm = (typeof finalNorms)[number];

/** timm's name of the norm: `norm`, or `fc_norm` of pooled tokens. */
export const normNames = { tokens: 'norm', pooled: 'fc_norm', none: undefined } as const;

export function finalNormWeights(finalNorm: FinalNorm, width: number): WeightPlan[] {
  const name = normNames[finalNorm];
  return name === undefined ? [] : normWeights(name, width);
}
