// The strategies that the reproduction compares: from a word on the command line to a value, once, here.

import {
  attentionMasking,
  blockMasking,
  constantAlpha,
  type MaskingStrategy,
  polynomialAlpha,
  randomMasking,
  semanticMasking,
} from '@semmae/masking';

import { maskRatio } from './presets';

export interface ComparedStrategy {
  /** As it reads in tables. */
  title: string;
  create: () => MaskingStrategy;
}

/** Table 3 of the paper and its Figure 1, at this scale. `semantic` is SemMAE itself: alpha = progress^2. */
export const comparedStrategies = {
  random: { title: 'Random (MAE)', create: () => randomMasking({ maskRatio }) },
  block: { title: 'Block-wise (BEiT)', create: () => blockMasking({ maskRatio }) },
  'attention-high': { title: 'Most attended (AttMask)', create: () => attentionMasking({ maskRatio, mode: 'high' }) },
  'whole-parts': { title: 'Whole parts, α = 1', create: () => semanticMasking({ maskRatio, alpha: constantAlpha(1) }) },
  semantic: {
    title: 'Semantic-guided, α 0 → 1 (SemMAE)',
    create: () => semanticMasking({ maskRatio, alpha: polynomialAlpha() }),
  },
} satisfies Record<string, ComparedStrategy>;

export type StrategyName = keyof typeof comparedStrategies;
export const strategyNames = Object.keys(comparedStrategies) as StrategyName[];
