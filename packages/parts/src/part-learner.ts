// Semantic part learning, SemMAE stage 1: attention maps that are good for redrawing the image.

import { assertRange, assertShape, createRng, type PatchGrid } from '@semmae/core';
import { type SpatialFilter, type StyleDecoderOptions, spatialFilter, styleDecoder } from '@semmae/decoder-stylegan';
import * as tf from '@tensorflow/tfjs-core';

import { diversityLoss } from './diversity-loss';
import { blurKernel, blurMatrix, defaultBlurSize, type MapBlur } from './map-blur';
import { mapPerplexity } from './map-perplexity';
import { type PartAttentionOptions, partAttention } from './part-attention';

export interface PartLearnerOptions extends PartAttentionOptions {
  /** The grid of the patch tokens. */
  grid: PatchGrid;
  /** Low-pass between the maps and the decoder. */
  blur?: MapBlur;
  /** lambda of Eq. 7. Default 0.03 (SemMAE §4.1), for a reconstruction error averaged over pixels and channels. */
  diversityWeight?: number;
  /** Size and depth of the decoder; `output` or `upStages` must fit the images. */
  decoder?: Omit<StyleDecoderOptions, 'inputChannels' | 'styleWidth' | 'inputGrid' | 'seed' | 'name'>;
  /** Same seed, same weights. */
  seed: number;
}

/** What the frozen encoder said about a batch, and the images. A type, not an interface: it passes as a tensor record. */
export type PartBatch = {
  /** F_c [B, C]. */
  classToken: tf.Tensor2D;
  /** F [B, N, C], row-major, without the class token. */
  patchTokens: tf.Tensor3D;
  /** I [B, H, W, 3], mean/std-normalised, H x W as the decoder's output. */
  images: tf.Tensor4D;
};

export type PartMetrics = {
  /** L_rec: squared error averaged over pixels and channels; about the variance of the images at the start. */
  reconstruction: tf.Scalar;
  /** L_div, 0 .. (P - 1) / P. */
  diversity: tf.Scalar;
  /** Mean exp(entropy) of the softmax rows: patches per map, or parts per patch where the softmax runs over parts. */
  perplexity: tf.Scalar;
};

export interface PartLearner {
  readonly name: string;
  readonly partCount: number;
  readonly grid: PatchGrid;
  variables(): tf.Variable[];
  /** Eq. 7 with its terms. */
  loss(batch: PartBatch): { loss: tf.Scalar; metrics: PartMetrics };
  /** Eq. 2, not blurred: M [B, P, N]. */
  attend(classToken: tf.Tensor2D, patchTokens: tf.Tensor3D): tf.Tensor3D;
  /** Eq. 4: images [B, H, W, 3] redrawn from the blurred maps and the class token. */
  reconstruct(classToken: tf.Tensor2D, patchTokens: tf.Tensor3D): tf.Tensor4D;
  dispose(): void;
}

/**
 * Part tokens (Eq. 1), attention maps (Eq. 2), blur, StyleGAN decoder (Eq. 3-4), L = L_rec + lambda L_div (Eq. 5-7).
 *
 * The paper leaves open which axis Eq. 2 normalises. Over positions, the default, the sum of the maps tells objects from
 * background; such maps are multiplied by N before the decoder, else AdaIN's epsilon outweighs their variance of 1 / N^2.
 * L_rec is the mean over pixels *and* channels of normalised images, against which lambda = 0.03 is meant. L_div sees the
 * maps before the blur, which would put a floor under the overlap of neighbours.
 *
 * Reference: SemMAE §3.1, https://arxiv.org/abs/2206.10207
 */
export function partLearner(options: PartLearnerOptions): PartLearner {
  const { channels, grid, diversityWeight = 0.03, seed, softmaxAxis = 'positions' } = options;
  assertRange('partLearner', 'diversityWeight', diversityWeight, 0, Number.MAX_VALUE);
  const attention = partAttention(options, createRng(seed).split('part-learner'));
  const { partCount } = attention;
  const gain = softmaxAxis === 'positions' ? grid.patchCount : 1;
  const blur = blurFilter(grid, options.blur, gain);
  const decoder = styleDecoder({
    ...options.decoder,
    inputChannels: partCount,
    styleWidth: channels,
    inputGrid: grid,
    seed,
    name: 'parts/decoder',
  });

  /** M [B, P, N] -> images. */
  function decode(maps: tf.Tensor3D, classToken: tf.Tensor2D): tf.Tensor4D {
    assertShape(
      'partLearner',
      'patchTokens',
      maps.shape,
      [null, partCount, grid.patchCount],
      'give one token per patch of the grid',
    );
    const planes = tf.reshape(tf.transpose(maps, [0, 2, 1]), [-1, grid.rows, grid.columns, partCount]); // [B, h, w, P]
    return decoder.decode(blur.apply(planes as tf.Tensor4D), classToken);
  }

  return {
    name: 'parts',
    partCount,
    grid,
    variables: () => [...attention.variables(), ...decoder.variables()],
    attend: attention.attend,
    reconstruct: (classToken, patchTokens) =>
      tf.tidy(() => decode(attention.attend(classToken, patchTokens), classToken)),
    loss({ classToken, patchTokens, images }) {
      const { outputHeight, outputWidth } = decoder;
      assertShape(
        'partLearner.loss',
        'images',
        images.shape,
        [classToken.shape[0]!, outputHeight, outputWidth, 3],
        'resize the images or set decoder.output',
      );
      return tf.tidy(() => {
        const maps = attention.attend(classToken, patchTokens);
        const reconstruction = tf.mean(tf.square(tf.sub(decode(maps, classToken), images))) as tf.Scalar;
        const diversity = diversityLoss(maps);
        const loss = tf.add(reconstruction, tf.mul(diversity, diversityWeight)) as tf.Scalar;
        const rows = softmaxAxis === 'positions' ? maps : tf.transpose(maps, [0, 2, 1]);
        return { loss, metrics: { reconstruction, diversity, perplexity: mapPerplexity(rows) } };
      });
    },
    dispose() {
      attention.dispose();
      blur.dispose();
      decoder.dispose();
    },
  };
}

/** Blur of the maps and their gain in one separable product. */
function blurFilter(grid: PatchGrid, { kind = 'gaussian', size }: MapBlur = {}, gain: number): SpatialFilter {
  const kernel = blurKernel({ kind, size: size ?? defaultBlurSize(grid) });
  return spatialFilter(blurMatrix(grid.rows, kernel, gain), blurMatrix(grid.columns, kernel));
}
