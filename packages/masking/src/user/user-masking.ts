// A mask of the user's own: fixed, or made for each image by a function, and held to the declared count.

import { assertLength, assertOneOf, type Rng, SemmaeError } from '@semmae/core';

import { CountFixer } from '../fix-count';
import { assertScores, attentionOf, partsOf } from '../guidance';
import { type MaskedCountOptions, maskedCountRule } from '../masked-count';
import type { MaskingContext, MaskingGuidance, MaskingStrategy } from '../masking-strategy';
import { ScoreSelector } from '../selection/score-selector';
import { strategyFromHide } from '../strategy-from-hide';

/**
 * What a user can say about the N patches of an image, in row-major order: a mask (`boolean[]` or `Uint8Array`, true or
 * 1 = hidden), or scores (`Float32Array`, the highest are hidden, equal ones lower index first).
 */
export type UserPatches = readonly boolean[] | Uint8Array | Float32Array;

/** Makes the mask or scores of one image. Draw from `rng` only, and leave the context as it is. */
export type UserMaskFunction = (context: MaskingContext, rng: Rng) => UserPatches;

export interface UserMaskingOptions extends MaskedCountOptions {
  /** Name in logs and tables. Default `user`. */
  name?: string | undefined;
  /** What the function reads from the context; its absence is then an error. Default `none`. */
  guidance?: MaskingGuidance | undefined;
  /**
   * What happens to a mask that misses the count given by maskRatio or maskedCount: `throw` (default), or `fix`, which
   * hides or shows random patches until it fits.
   */
  wrongCount?: 'throw' | 'fix' | undefined;
}

/**
 * Hides the patches the user says. Scores always hide the declared count (0.75 of the patches by default). A mask
 * without a declared count is taken as it is, so batches of different counts need padding; with a declared count it is
 * checked or fixed. For masks of pixels see `pooledMask` and `pooledScores`.
 */
export function userMasking(
  source: UserPatches | UserMaskFunction,
  { name = 'user', guidance = 'none', wrongCount = 'throw', ...count }: UserMaskingOptions = {},
): MaskingStrategy {
  assertOneOf('userMasking', 'wrongCount', wrongCount, ['throw', 'fix']);
  const maskedCountFor = maskedCountRule('userMasking', count);
  const isCountDeclared = Object.values(count).some((value) => value !== undefined);
  const patchesOf: UserMaskFunction = typeof source === 'function' ? source : () => source;
  const selector = new ScoreSelector();
  const fixer = new CountFixer();
  return strategyFromHide({
    name,
    guidance,
    hide(context, hidden, rng) {
      if (guidance === 'attention')
        assertScores('userMasking', 'context.attention', attentionOf('userMasking', context));
      if (guidance === 'parts') partsOf('userMasking', context);
      const { patchCount } = context.grid;
      const patches = patchesOf(context, rng);
      assertLength('userMasking', 'the mask or scores', patches, patchCount, 'give one value per patch, row by row');
      if (patches instanceof Float32Array) {
        selector.look('userMasking', 'scores', patches);
        selector.markFirst(maskedCountFor(patchCount), hidden);
        return;
      }
      const found = copyMask(patches, hidden);
      const maskedCount = isCountDeclared ? maskedCountFor(patchCount) : found;
      if (found !== maskedCount && wrongCount === 'throw') throw differentCount(maskedCount, found, patchCount);
      if (maskedCount === 0 || maskedCount === patchCount) throw oneSided(maskedCount, patchCount);
      fixer.fix(hidden, maskedCount, rng);
    },
  });
}

/** Writes a mask as 0 and 1 and returns how many it hides; refuses other values, which are scores or ids by mistake. */
function copyMask(patches: readonly boolean[] | Uint8Array, hidden: Uint8Array): number {
  let found = 0;
  for (let patch = 0; patch < hidden.length; patch++) {
    const isHidden = Number(patches[patch]);
    if (isHidden !== 0 && isHidden !== 1) {
      throw new SemmaeError({
        where: 'userMasking',
        requirement: 'a mask must hold booleans, or 0 and 1 in a Uint8Array',
        got: `${patches[patch]} at patch ${patch}`,
        remedy: 'pass scores as a Float32Array',
      });
    }
    hidden[patch] = isHidden;
    found += isHidden;
  }
  return found;
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
