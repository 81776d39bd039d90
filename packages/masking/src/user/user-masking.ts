// A mask of the user's own: fixed, or made for each image by a function, and held to the declared count.

import { assertLength, type Rng, SemmaeError } from '@semmae/core';

import { fixCount, patchesWith } from '../fix-count';
import { assertScores, attentionOf, partsOf } from '../guidance';
import { type MaskedCountOptions, maskedCountRule } from '../masked-count';
import type { MaskingContext, MaskingGuidance, MaskingStrategy } from '../masking-strategy';
import { createPatchMask, type PatchMask } from '../patch-mask';
import { rankByScore } from '../rank-by-score';

/**
 * What a user can say about the N patches of an image, in row-major order: a mask (`boolean[]` or `Uint8Array`, true or
 * 1 = hidden), or scores (`Float32Array`, the highest are hidden, equal ones lower index first).
 */
export type UserPatches = readonly boolean[] | Uint8Array | Float32Array;

/** Makes the mask or scores of one image. Draw from `rng` only, and leave the context as it is. */
export type UserMaskFunction = (context: MaskingContext, rng: Rng) => UserPatches;

export interface UserMaskingOptions extends MaskedCountOptions {
  /** Name in logs and tables. Default `user`. */
  name?: string;
  /** What the function reads from the context; its absence is then an error. Default `none`. */
  guidance?: MaskingGuidance;
  /**
   * What happens to a mask that misses the count given by maskRatio or maskedCount: `throw` (default), or `fix`, which
   * hides or shows random patches until it fits.
   */
  wrongCount?: 'throw' | 'fix';
}

/**
 * Hides the patches the user says. Scores always hide the declared count (0.75 of the patches by default). A mask
 * without a declared count is taken as it is, so a function must then hide equally many patches in every image of a
 * batch; with a declared count it is checked or fixed.
 */
export function userMasking(
  source: UserPatches | UserMaskFunction,
  { name = 'user', guidance = 'none', wrongCount = 'throw', ...count }: UserMaskingOptions = {},
): MaskingStrategy {
  const maskedCountFor = maskedCountRule('userMasking', count);
  const isCountDeclared = count.maskRatio !== undefined || count.maskedCount !== undefined;
  const patchesOf: UserMaskFunction = typeof source === 'function' ? source : () => source;
  return {
    name,
    guidance,
    sample(context, rng): PatchMask {
      if (guidance === 'attention') attentionOf('userMasking', context);
      if (guidance === 'parts') partsOf('userMasking', context);
      const { patchCount } = context.grid;
      const patches = patchesOf(context, rng);
      assertLength('userMasking', 'the mask or scores', patches, patchCount, 'give one value per patch, row by row');

      if (patches instanceof Float32Array) {
        assertScores('userMasking', 'scores', patches);
        return createPatchMask({ patchCount, masked: rankByScore(patches).subarray(0, maskedCountFor(patchCount)) });
      }
      const hidden = hiddenPatches(patches);
      const found = patchesWith(hidden, 1).length;
      const maskedCount = isCountDeclared ? maskedCountFor(patchCount) : found;
      if (found !== maskedCount && wrongCount === 'throw') throw differentCount(maskedCount, found, patchCount);
      if (maskedCount === 0 || maskedCount === patchCount) throw oneSided(maskedCount, patchCount);
      return createPatchMask({ patchCount, masked: patchesWith(fixCount(hidden, maskedCount, rng), 1) });
    },
  };
}

/** [N] a copy with 1 = masked; refuses values that are neither 0 nor 1, which are scores or ids by mistake. */
function hiddenPatches(patches: readonly boolean[] | Uint8Array): Uint8Array {
  return Uint8Array.from<boolean | number>([...patches], (value, patch) => {
    if (value === true || value === 1) return 1;
    if (value === false || value === 0) return 0;
    throw new SemmaeError({
      where: 'userMasking',
      requirement: 'a mask must hold booleans, or 0 and 1 in a Uint8Array',
      got: `${value} at patch ${patch}`,
      remedy: 'pass scores as a Float32Array',
    });
  });
}

function differentCount(maskedCount: number, found: number, patchCount: number): SemmaeError {
  return new SemmaeError({
    where: 'userMasking',
    requirement: `the mask must hide ${maskedCount} of ${patchCount} patches`,
    got: found,
    remedy: "change the mask, the declared count, or pass wrongCount: 'fix'",
  });
}

function oneSided(maskedCount: number, patchCount: number): SemmaeError {
  return new SemmaeError({
    where: 'userMasking',
    requirement: `the mask must hide some of ${patchCount} patches and leave some visible`,
    got: `${maskedCount} masked`,
    remedy: 'true or 1 means hidden from the encoder',
  });
}
