// The matrix products of one MAE training step, counted exactly from the sizes of the model.

import { createPatchGrid } from '@semmae/core';
import { visibleCount } from '@semmae/masking';

import { type ModelSize, maskRatio } from './model-sizes';

/** `count` products [m, k] · [k, n] of 2·m·k·n operations each. */
export interface Product {
  m: number;
  k: number;
  n: number;
  count: number;
}

/**
 * Every product of a step: projections and attention, forward, then backward for both factors. Patches need no gradient, and the
 * last norm and head see masked tokens only. Recomputation, which some attention kernels do in the backward pass, is not counted:
 * it is a way to the result and no part of it. But for that, the sums equal what PyTorch's FlopCounterMode counts in engine_mae.py.
 *
 * @param lastBlock Tokens for which the decoder's last block is computed: ours leaves out those that are not predicted.
 */
export function stepProducts(
  { image, patch, encoder, decoder, batch }: ModelSize,
  lastBlock: 'all' | 'masked' = 'all',
): Product[] {
  const { patchCount } = createPatchGrid(image / patch, image / patch);
  const visible = visibleCount(patchCount, maskRatio);
  const pixels = 3 * patch * patch;
  return [
    ...linear(batch * visible, pixels, encoder.width, 1).slice(0, 2), // no gradient to the pixels
    ...blocks({ ...encoder, tokens: 1 + visible, batch }),
    ...linear(batch * (1 + visible), encoder.width, decoder.width, 1),
    ...blocks({ ...decoder, depth: decoder.depth - 1, tokens: 1 + patchCount, batch }),
    ...blocks({
      ...decoder,
      depth: 1,
      tokens: 1 + patchCount,
      batch,
      queries: lastBlock === 'all' ? 1 + patchCount : patchCount - visible,
    }),
    ...linear(batch * (patchCount - visible), decoder.width, pixels, 1),
  ];
}

/** Floating-point operations of `products`. */
export function operations(products: readonly Product[]): number {
  return products.reduce((sum, { m, k, n, count }) => sum + 2 * m * k * n * count, 0);
}

function blocks({
  width,
  depth,
  heads,
  tokens,
  batch,
  queries = tokens,
}: {
  width: number;
  depth: number;
  heads: number;
  tokens: number;
  batch: number;
  /** Tokens that ask and are asked for. Default: all. */
  queries?: number;
}): Product[] {
  const rows = batch * queries;
  return [
    ...linear(batch * tokens, width, 3 * width, depth),
    ...linear(rows, width, width, depth),
    ...linear(rows, width, 4 * width, depth),
    ...linear(rows, 4 * width, width, depth),
    ...attention(queries, tokens, width / heads, depth * batch * heads),
  ];
}

/** y = x·w, then dw = xᵀ·dy and dx = dy·wᵀ. */
function linear(rows: number, inputs: number, outputs: number, count: number): Product[] {
  return [
    { m: rows, k: inputs, n: outputs, count },
    { m: inputs, k: rows, n: outputs, count },
    { m: rows, k: outputs, n: inputs, count },
  ];
}

/** q·kᵀ and a·v, and the two products of each backward. */
function attention(queries: number, tokens: number, headWidth: number, count: number): Product[] {
  return [
    { m: queries, k: headWidth, n: tokens, count: 2 * count }, // q·kᵀ and da = dy·vᵀ
    { m: queries, k: tokens, n: headWidth, count: 2 * count }, // a·v and dq = ds·k
    { m: tokens, k: queries, n: headWidth, count: 2 * count }, // dv = aᵀ·dy and dk = dsᵀ·q
  ];
}
