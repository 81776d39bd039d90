// Which patches belong to no part.

import { borderParts, insideMass, type PatchGrid } from '@semmae/core';

import { otsuThreshold } from './otsu-threshold';

/**
 * `otsu`: saliency below Otsu's threshold. `mass`: outside every map's smallest set with 60 % of its mass.
 * `uniform`: below the mean attention in every map. `border-part`: the parts that hold the image's border, for maps normalized
 * over parts, where background becomes a part by itself. `none`: every patch belongs to a part.
 */
export type BackgroundRule = 'otsu' | 'mass' | 'uniform' | 'border-part' | 'none';

export const backgroundRules: readonly BackgroundRule[] = ['otsu', 'mass', 'uniform', 'border-part', 'none'];

/** Share of each map's mass that the 'mass' rule keeps, the threshold of iBOT's and DINO's attention pictures. */
const keptMass = 0.6;

export interface BackgroundMaskOptions {
  /** Maps, part after part: [P * N]. */
  attention: Float32Array;
  partCount: number;
  grid: PatchGrid;
  /** [N] */
  saliency: Float32Array;
  /** The part of each patch before any background, 1 .. P: [N]. */
  parts: Uint8Array;
}

/** 1 where a patch is background. */
export function backgroundMask(rule: BackgroundRule, options: BackgroundMaskOptions): Uint8Array {
  const { attention, partCount, saliency, grid, parts } = options;
  const { patchCount } = grid;
  switch (rule) {
    case 'none':
      return new Uint8Array(patchCount);
    case 'otsu': {
      if (isFlat(saliency)) return new Uint8Array(patchCount);
      const threshold = otsuThreshold(saliency);
      return Uint8Array.from(saliency, (score) => (score < threshold ? 1 : 0));
    }
    case 'uniform':
      return belowUniform(attention, partCount, patchCount);
    case 'mass':
      return insideMass(attention, grid, keptMass).map((isInside) => 1 - isInside);
    case 'border-part':
      return borderParts(parts, grid);
    default:
      return rule satisfies never;
  }
}

/** Patches that every map gives less than the mean of all maps. */
function belowUniform(attention: Float32Array, partCount: number, patchCount: number): Uint8Array {
  const mean = attention.reduce((sum, value) => sum + value, 0) / attention.length;
  return Uint8Array.from({ length: patchCount }, (_, patch) => {
    for (let part = 0; part < partCount; part++) if (attention[part * patchCount + patch]! >= mean) return 0;
    return 1;
  });
}

/** Whether values differ by rounding alone, as for a blank image or sums of maps over parts: Otsu would cut that in two. */
function isFlat(saliency: Float32Array): boolean {
  const [least, most] = saliency.reduce(
    ([low, high], score) => [Math.min(low, score), Math.max(high, score)] as const,
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as const,
  );
  // Sums of up to 255 float32 values in [0, 1] are known to some 1e-5 of their size.
  return most - least <= 1e-5 * Math.max(Math.abs(least), Math.abs(most));
}
