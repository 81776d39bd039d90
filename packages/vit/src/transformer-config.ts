// What the blocks of a transformer are made of, for encoder and decoder alike.

import { assertInteger, assertOneOf, assertRange, SemmaeError } from '@semmae/core';

const mlps = ['gelu', 'swiglu'] as const;

/** Configuration of a transformer's blocks. */
export interface TransformerConfig {
  /** D, a multiple of 4 and of `heads`. */
  width: number;
  /** Number of blocks. */
  depth: number;
  heads: number;
  /** Width of the hidden layer of a block's MLP, in units of D. Default 4. */
  mlpRatio?: number;
  /** That width itself, instead of `mlpRatio`. */
  hiddenWidth?: number;
  /**
   * `'gelu'` (default): fc2·gelu(fc1). `'swiglu'`: fc2·(silu(a)·b) where fc1 gives a and b side by side, each of the hidden width (DINOv2's giant);
   * Shazeer, "GLU Variants Improve Transformer", https://arxiv.org/abs/2002.05202.
   */
  mlp?: (typeof mlps)[number];
  /** Whether queries, keys and values have a bias. Default true. */
  qkvBias?: boolean;
  /**
   * First value of LayerScale: a trained factor for each channel of each residual branch (Touvron et al., "Going Deeper with Image
   * Transformers", Eq. 3, https://arxiv.org/abs/2103.17239), weights `ls1.gamma` and `ls2.gamma`. Default: none.
   */
  layerScale?: number;
  /** Added to the variance by every layer norm. Default 1e-6 (ViT, MAE, DINO, timm). */
  normEpsilon?: number;
}

/** The configuration with its defaults. */
export interface Transformer {
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly mlpRatio: number;
  readonly hiddenWidth: number;
  readonly mlp: (typeof mlps)[number];
  readonly qkvBias: boolean;
  readonly layerScale: number | undefined;
  readonly normEpsilon: number;
}

/** Fills in defaults; throws where the sizes cannot work together. */
export function resolveTransformer(where: string, config: TransformerConfig): Transformer {
  const { width, depth, heads, mlp = 'gelu', qkvBias = true, layerScale, normEpsilon = 1e-6 } = config;
  assertInteger(where, 'width', width);
  assertInteger(where, 'depth', depth);
  assertInteger(where, 'heads', heads);
  assertOneOf(where, 'mlp', mlp, mlps);
  if (layerScale !== undefined) assertRange(where, 'layerScale', layerScale, -Number.MAX_VALUE, Number.MAX_VALUE);
  assertRange(where, 'normEpsilon', normEpsilon, 0, 1);
  if (width % heads !== 0 || width % 4 !== 0) {
    throw new SemmaeError({
      where,
      requirement: `width must be a multiple of heads (${heads}) and of 4 (sines and cosines of two axes)`,
      got: width,
    });
  }
  return { width, depth, heads, ...hiddenSizes(where, config), mlp, qkvBias, layerScale, normEpsilon };
}

function hiddenSizes(
  where: string,
  { width, mlpRatio, hiddenWidth }: TransformerConfig,
): Pick<Transformer, 'mlpRatio' | 'hiddenWidth'> {
  if (hiddenWidth === undefined) {
    const ratio = mlpRatio ?? 4;
    const product = ratio * width;
    // A ratio that was written as a quotient, such as 4096 / 1536, may miss a whole product by its last digit.
    const whole = Math.abs(product - Math.round(product)) < 1e-9 * product ? Math.round(product) : product;
    assertInteger(where, 'mlpRatio · width', whole, { remedy: 'choose an mlpRatio that gives a whole hidden width' });
    return { mlpRatio: ratio, hiddenWidth: whole };
  }
  if (mlpRatio !== undefined) {
    const requirement = 'give either mlpRatio or hiddenWidth';
    throw new SemmaeError({ where, requirement, got: `mlpRatio ${mlpRatio} and hiddenWidth ${hiddenWidth}` });
  }
  assertInteger(where, 'hiddenWidth', hiddenWidth);
  return { mlpRatio: hiddenWidth / width, hiddenWidth };
}

/** What a layer's `getConfig` says of its blocks; fields that are not the default only where they are not. */
export function transformerConfig(transformer: Transformer) {
  const { width, depth, heads, mlpRatio, mlp, qkvBias, layerScale, normEpsilon } = transformer;
  return {
    ...{ width, depth, heads, mlpRatio },
    ...(mlp !== 'gelu' && { mlp }),
    ...(!qkvBias && { qkvBias }),
    ...(layerScale !== undefined && { layerScale }),
    ...(normEpsilon !== 1e-6 && { normEpsilon }),
  };
}
