// Checks the sizes of a transformer once, for encoder and decoder alike.

import { assertInteger, SemmaeError } from '@semmae/core';

export interface TransformerSizes {
  width: number;
  depth: number;
  heads: number;
  mlpRatio: number;
  /** Width of a block's hidden layer: mlpRatio · width. */
  hiddenWidth: number;
}

/** The sizes with defaults filled in; throws where they cannot work together. */
export function transformerSizes(
  where: string,
  { width, depth, heads, mlpRatio = 4 }: { width: number; depth: number; heads: number; mlpRatio?: number },
): TransformerSizes {
  assertInteger(where, 'width', width);
  assertInteger(where, 'depth', depth);
  assertInteger(where, 'heads', heads);
  assertInteger(where, 'mlpRatio · width', mlpRatio * width, {
    remedy: 'choose an mlpRatio that gives a whole hidden width',
  });
  if (width % heads !== 0 || width % 4 !== 0) {
    throw new SemmaeError({
      where,
      requirement: `width must be a multiple of heads (${heads}) and of 4 (sines and cosines of two axes)`,
      got: width,
    });
  }
  return { width, depth, heads, mlpRatio, hiddenWidth: mlpRatio * width };
}
