// What no learning of parts gives, and what only knowing gives.

import type { PredictorOptions } from '@semmae/pipeline';

/** What another score would need: another seed, another encoder (if only for its background), or nothing, as it is always the same. */
export type Chance = 'seed' | 'encoder' | 'none';

export interface Baseline {
  /** As the tables call it. */
  name: string;
  chance: Chance;
  options: Omit<PredictorOptions, 'encoder'>;
}

export const baselines: readonly Baseline[] = [
  { name: 'attention heads', chance: 'encoder', options: { method: 'attention-heads' } },
  { name: 'k-means, output', chance: 'seed', options: { method: 'k-means', tokens: 'output' } },
  { name: 'k-means, keys', chance: 'seed', options: { method: 'k-means', tokens: 'qk' } },
  {
    name: 'k-means, keys with place',
    chance: 'seed',
    options: { method: 'k-means', tokens: 'qk', standardize: true, placeWeight: 4 },
  },
  {
    name: 'k-means, keys with place in the object',
    chance: 'seed',
    options: { method: 'k-means', tokens: 'qk', standardize: true, placeWeight: 4, placeFrame: 'object' },
  },
  { name: 'k-means, color and place', chance: 'seed', options: { method: 'color' } },
  { name: 'grid 2x3', chance: 'encoder', options: { method: 'grid' } },
  { name: 'random', chance: 'seed', options: { method: 'random' } },
  { name: 'ground truth per patch', chance: 'none', options: { method: 'ground-truth' } },
];
