// A mask over the patches of one image. `masked` always means hidden from the encoder.

import { assertInteger, SemmaeError } from '@semmae/core';

/** Which of N patches the encoder sees. Both lists are ascending, disjoint, and together hold every patch once. */
export interface PatchMask {
  /** N. The class token is not a patch and never counted. */
  readonly patchCount: number;
  /** [K] row-major indices of the patches the encoder sees. */
  readonly visible: Int32Array;
  /** [M] row-major indices of the hidden patches, M = N - K. */
  readonly masked: Int32Array;
}

/** One of the two lists, in any order; the other is its complement. */
export type PatchMaskSource =
  | { patchCount: number; visible: ArrayLike<number> }
  | { patchCount: number; masked: ArrayLike<number> };

/**
 * A mask from the patches that stay visible or from those that are masked. Either list may be empty here; the
 * strategies are stricter. Throws on indices outside 0 … N-1 and on repeated ones.
 */
export function createPatchMask(source: PatchMaskSource): PatchMask {
  const { patchCount } = source;
  assertInteger('createPatchMask', 'patchCount', patchCount);
  const [name, listed] =
    'visible' in source ? (['visible', source.visible] as const) : (['masked', source.masked] as const);

  const isListed = new Uint8Array(patchCount); // [N]
  for (let i = 0; i < listed.length; i++) {
    const patch = listed[i]!;
    if (!Number.isInteger(patch) || patch < 0 || patch >= patchCount) {
      throw wrongList(`${name} must hold patch indices from 0 to ${patchCount - 1}`, patch);
    }
    if (isListed[patch] === 1) throw wrongList(`${name} must hold each patch once`, `patch ${patch} twice`);
    isListed[patch] = 1;
  }

  const [listedPatches, others] = split(isListed, listed.length);
  return name === 'visible'
    ? { patchCount, visible: listedPatches, masked: others }
    : { patchCount, visible: others, masked: listedPatches };
}

/** The mask that `hidden` [N] describes: 1 = masked, 0 = visible, nothing else. */
export function patchMaskOfHidden(hidden: Uint8Array): PatchMask {
  let maskedCount = 0;
  for (let patch = 0; patch < hidden.length; patch++) maskedCount += hidden[patch]!;
  const [masked, visible] = split(hidden, maskedCount);
  return { patchCount: hidden.length, visible, masked };
}

/** The indices of ones, of which there are `ones`, and those of zeros; both ascending. */
function split(marks: Uint8Array, ones: number): [Int32Array, Int32Array] {
  const marked = new Int32Array(ones);
  const others = new Int32Array(marks.length - ones);
  for (let patch = 0, inMarked = 0, inOthers = 0; patch < marks.length; patch++) {
    if (marks[patch] === 1) marked[inMarked++] = patch;
    else others[inOthers++] = patch;
  }
  return [marked, others];
}

function wrongList(requirement: string, got: unknown): SemmaeError {
  return new SemmaeError({
    where: 'createPatchMask',
    requirement,
    got,
    remedy: 'indices are row * columns + column and leave the class token out',
  });
}
