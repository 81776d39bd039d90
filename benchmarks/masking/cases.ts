// Every strategy that is measured, with the count it is measured at. Peers in ../peers/masking.py have the same names.

import {
  attentionMasking,
  type BatchMaskingStrategy,
  blockMasking,
  gridMasking,
  ibotMasking,
  lowAttentionMasking,
  type MaskingStrategy,
  publishedAttentionMasking,
  publishedBlockMasking,
  randomMasking,
  semanticMasking,
  unitMasking,
  userMasking,
} from '@semmae/masking';
import { corruptionMasking } from '@semmae/masking/corruption';
import { multiBlockMasking } from '@semmae/masking/multi-block';
import { colorMasking } from '@semmae/masking/noise';
import { randomSquareMasking, regionMasking, squareMasking } from '@semmae/masking/regions';

export interface MaskingCase {
  name: string;
  /** For a grid of N patches. */
  create(patchCount: number): MaskingStrategy | BatchMaskingStrategy;
}

/** BEiT's 75 of 196, on any grid. */
const beitCount = (patchCount: number) => Math.round((75 / 196) * patchCount);

// One line a strategy; a name without a peer is measured alone.
export const maskingCases: readonly MaskingCase[] = [
  // Nothing to decide: what the lists of any strategy cost.
  {
    name: 'given-mask',
    create: (patchCount) => userMasking(Uint8Array.from({ length: patchCount }, (_, p) => +(p % 4 > 0))),
  },
  { name: 'random', create: () => randomMasking() },
  { name: 'grid-random', create: () => gridMasking({ place: 'random' }) },
  { name: 'simmim-units', create: () => unitMasking({ unit: 2 }) },
  { name: 'block', create: (patchCount) => blockMasking({ maskedCount: beitCount(patchCount) }) },
  { name: 'block-75', create: () => blockMasking() },
  {
    name: 'beit-v1',
    create: (patchCount) => publishedBlockMasking({ maskedCount: beitCount(patchCount) }),
  },
  { name: 'ibot-block', create: () => ibotMasking() },
  { name: 'ibot-random', create: () => ibotMasking({ shape: 'random' }) },
  { name: 'attmask-high', create: () => attentionMasking({ mode: 'high', maskRatio: 0.3 }) },
  { name: 'attmask-low', create: () => attentionMasking({ mode: 'low', maskRatio: 0.3 }) },
  { name: 'attmask-hint', create: () => attentionMasking({ mode: 'hint', maskRatio: 0.3 }) },
  { name: 'attmask-published', create: () => publishedAttentionMasking({ mode: 'hint' }) },
  { name: 'mst', create: () => lowAttentionMasking() },
  { name: 'gmml-blocks', create: () => corruptionMasking() },
  { name: 'random-squares', create: () => randomSquareMasking() },
  { name: 'region', create: () => regionMasking() },
  { name: 'center-square', create: () => squareMasking() },
  { name: 'semmae', create: () => semanticMasking() },
  { name: 'colormae', create: () => colorMasking() },
  { name: 'i-jepa', create: () => multiBlockMasking() },
  {
    name: 'user-scores',
    create: (patchCount) => userMasking(Float32Array.from({ length: patchCount }, (_, p) => p % 37)),
  },
];

export const patchCounts = [196, 784] as const;
export const batchSize = 256;
