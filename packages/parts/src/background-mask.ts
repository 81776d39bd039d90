// Which patches belong to no part.

import { otsuThreshold } from './otsu-threshold';

/**
 * `otsu`: saliency below Otsu's threshold. `mass`: outside every map's smallest set with 60 % of its mass.
 * `uniform`: below the mean attention in every map. `none`: every patch belongs to a part.
 */
export type BackgroundRule = 'otsu' | 'mass' | 'uniform' | 'none';

/** Share of each map's mass that the 'mass' rule keeps, the threshold of iBOT's and DINO's attention pictures. */
const keptMass = 0.6;

/** 1 where a patch is background. `attention` [P * N]; `saliency` [N], scaled so that an average patch has `partCount`. */
export function backgroundMask(
  rule: BackgroundRule,
  attention: Float32Array,
  partCount: number,
  saliency: Float32Array,
): Uint8Array {
  const patchCount = saliency.length;
  switch (rule) {
    case 'none':
      return new Uint8Array(patchCount);
    case 'otsu': {
      const threshold = otsuThreshold(saliency);
      return Uint8Array.from(saliency, (score) => (score < threshold ? 1 : 0));
    }
    case 'uniform':
      return belowUniform(attention, partCount, patchCount);
    case 'mass':
      return outsideMass(attention, partCount, patchCount);
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

/** Patches outside the union of the maps' smallest sets that hold `keptMass` of the map. */
function outsideMass(attention: Float32Array, partCount: number, patchCount: number): Uint8Array {
  const background = new Uint8Array(patchCount).fill(1);
  for (let part = 0; part < partCount; part++) {
    const map = attention.subarray(part * patchCount, (part + 1) * patchCount);
    const order = Array.from(map.keys()).sort((a, b) => map[b]! - map[a]! || a - b);
    let missing = keptMass * map.reduce((sum, value) => sum + value, 0);
    for (const patch of order) {
      if (missing <= 0) break;
      background[patch] = 0;
      missing -= map[patch]!;
    }
  }
  return background;
}
