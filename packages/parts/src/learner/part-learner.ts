// Semantic part learning, SemMAE stage 1: attention maps that are good for redrawing the image.

import { assertInteger, assertShape, createRng, type PatchGrid, SemmaeError } from '@semmae/core';
import { type StyleDecoderOptions, styleDecoder } from '@semmae/decoder-stylegan';
import { separableMap } from '@semmae/vit/tensor';
import * as tf from '@tensorflow/tfjs-core';
import { partAttention } from '../attention/part-attention';
import type { PartAttentionOptions } from '../attention/part-attention-options';
import type { PartGates } from '../attention/part-tokens';
import { addLossTerms, checkLossWeights, type PartLossWeights } from '../losses/part-loss-terms';
import { blurKernel, blurMap, defaultBlurSize, type MapBlur } from '../maps/map-blur';
import { mapResampling } from '../maps/map-resampling';
import { mapUsage } from '../maps/map-usage';
import type { PartBatch, PartMetrics } from './part-batch';
import { checkStylePerturbation, perturbStyle, type StylePerturbationOptions } from './style-perturbation';

export interface PartLearnerOptions extends PartAttentionOptions, PartLossWeights, StylePerturbationOptions {
  /** The grid of the patch tokens. */
  grid: PatchGrid;
  /**
   * K, where parts are learned on K patches of each image, its foreground, which are the only tokens and told by `places` of a batch.
   * Maps are then [B, P, K]; the decoder gets them on the grid, 0 elsewhere. Default: parts are learned on all patches.
   */
  keptCount?: number;
  /** Low-pass between the maps and the decoder. */
  blur?: MapBlur;
  /** Size and depth of the decoder; `output` or `upStages` must fit the images. `styleBottleneck` squeezes F_c. */
  decoder?: Omit<StyleDecoderOptions, 'inputChannels' | 'styleWidth' | 'inputGrid' | 'seed' | 'name'>;
  /** Same seed, same weights. */
  seed: number;
}

export interface PartLearner {
  readonly name: string;
  readonly partCount: number;
  /** The grid of the patch tokens. */
  readonly grid: PatchGrid;
  /** The grid of the maps, N' = N patches unless `mapGrid` was given. */
  readonly mapGrid: PatchGrid;
  /** The gates of Eq. 1, for `rescueDeadParts`. */
  readonly gates: PartGates;
  variables(): tf.Variable[];
  /** Eq. 7 with its terms. */
  loss(batch: PartBatch): { loss: tf.Scalar; metrics: PartMetrics };
  /** Eq. 2, not blurred: maps [B, P, N']. Where batches have a `queryToken`, pass it in place of F_c. */
  attend(classToken: tf.Tensor2D, patchTokens: tf.Tensor3D): tf.Tensor3D;
  /** Share of the patches that each part wins in a batch, [P]: average it over 1000 images and more for `rescueDeadParts`. */
  usage(classToken: tf.Tensor2D, patchTokens: tf.Tensor3D): tf.Tensor1D;
  /**
   * Eq. 4: images [B, H, W, `decoder.imageChannels`] redrawn from the blurred maps and the class token, which is not perturbed here. `queryToken` as in
   * the batch, `places` too.
   */
  reconstruct(
    classToken: tf.Tensor2D,
    patchTokens: tf.Tensor3D,
    queryToken?: tf.Tensor2D,
    places?: tf.Tensor3D,
  ): tf.Tensor4D;
  dispose(): void;
}

/**
 * Part tokens (Eq. 1), attention maps (Eq. 2), blur, StyleGAN decoder (Eq. 3-4), L = L_rec + lambda L_div (Eq. 5-7).
 *
 * The paper leaves open which axis Eq. 2 normalizes. Over positions, the default, the sum of the maps tells objects from
 * background; such maps are multiplied by N before the decoder, else AdaIN's epsilon outweighs their variance of 1 / N^2.
 * L_rec is the mean over pixels *and* channels of normalized images; lambda = 0.03 presumes that. All other terms
 * see the maps before the blur, which would put a floor under the overlap of neighbors.
 *
 * Reference: SemMAE §3.1, https://arxiv.org/abs/2206.10207
 */
export function partLearner(options: PartLearnerOptions): PartLearner {
  const { channels, grid, mapGrid = grid, seed, softmaxAxis = 'positions', styleNoise = 0, styleDropout = 0 } = options;
  const weights = checkLossWeights(options);
  checkStylePerturbation('partLearner', { styleNoise, styleDropout });
  if (mapGrid.rows < 2 || mapGrid.columns < 2) {
    throw new SemmaeError({
      where: 'partLearner',
      requirement: 'the maps must have at least 2x2 patches',
      got: `${mapGrid.rows}x${mapGrid.columns}`,
      remedy: 'use larger images or smaller patches',
    });
  }
  const sameGrid = mapGrid.rows === grid.rows && mapGrid.columns === grid.columns;
  const { keptCount } = options;
  if (keptCount !== undefined) checkKeptCount(keptCount, grid, sameGrid);
  const ofTokens = keptCount === undefined ? options : { ...options, grid: undefined, mapGrid: undefined };
  const attention = partAttention(ofTokens, createRng(seed).split('part-learner'));
  const { partCount } = attention;
  const gain = softmaxAxis === 'positions' ? (keptCount ?? mapGrid.patchCount) : 1;
  const toTokenGrid = sameGrid ? undefined : mapResampling(mapGrid, grid);
  const { kind = 'gaussian', size = defaultBlurSize(mapGrid) } = options.blur ?? {};
  const kernel = blurKernel({ kind, size });
  const [blurRows, blurColumns] = [blurMap(mapGrid.rows, kernel, gain), blurMap(mapGrid.columns, kernel)];
  const decoder = styleDecoder({
    ...options.decoder,
    inputChannels: partCount,
    styleWidth: channels,
    inputGrid: mapGrid,
    seed,
    name: 'parts/decoder',
  });

  /** Maps on the grid, [B, P, N']: those of kept patches [B, P, K] with 0 elsewhere. */
  function onGrid(maps: tf.Tensor3D, places: tf.Tensor3D | undefined, name = 'places'): tf.Tensor3D {
    if (keptCount === undefined) return maps;
    assertShape('partLearner', name, places?.shape ?? [], [maps.shape[0], keptCount, grid.patchCount]);
    return tf.matMul(maps, places!);
  }

  /** Maps [B, P, N'] -> images. */
  function decode(maps: tf.Tensor3D, style: tf.Tensor2D): tf.Tensor4D {
    const shape: [number, number, number, number] = [-1, mapGrid.rows, mapGrid.columns, partCount];
    const planes = tf.reshape<tf.Rank.R4>(tf.transpose(maps, [0, 2, 1]), shape);
    return decoder.decode(separableMap(planes, blurRows, blurColumns), style);
  }

  return {
    name: 'parts',
    partCount,
    grid,
    mapGrid,
    gates: attention.gates,
    variables: () => [...attention.variables(), ...decoder.variables()],
    attend: attention.attend,
    usage: (classToken, patchTokens) => tf.tidy(() => mapUsage(attention.attend(classToken, patchTokens))),
    reconstruct: (classToken, patchTokens, queryToken = classToken, places) =>
      tf.tidy(() => decode(onGrid(attention.attend(queryToken, patchTokens), places), classToken)),
    loss(batch) {
      const { classToken, queryToken = classToken, patchTokens, images } = batch;
      const { outputHeight, outputWidth, imageChannels } = decoder;
      const imageShape = [classToken.shape[0]!, outputHeight, outputWidth, imageChannels];
      const remedy = 'resize the images, or set decoder.output or decoder.imageChannels';
      assertShape('partLearner.loss', 'images', images.shape, imageShape, remedy);
      assertShape(
        'partLearner.loss',
        'queryToken',
        queryToken.shape,
        classToken.shape,
        'repeat one query for each image',
      );
      return tf.tidy(() => {
        const maps = attention.attend(queryToken, patchTokens);
        const style = perturbStyle(classToken, batch, { styleNoise, styleDropout });
        const { places, mirroredPlaces } = batch;
        const gridMaps = onGrid(maps, places);
        const reconstruction = tf.mean(tf.square(tf.sub(decode(gridMaps, style), images))) as tf.Scalar;
        const seen = mirrored(batch, attention.attend);
        const mirroredMaps = seen && onGrid(seen, mirroredPlaces, 'mirroredPlaces');
        const kept =
          places && mirroredPlaces
            ? { plain: tf.sum<tf.Tensor2D>(places, 1), mirrored: tf.sum<tf.Tensor2D>(mirroredPlaces, 1) }
            : undefined;
        const scattered = keptCount === undefined ? undefined : { maps: gridMaps, kept };
        const terms = { reconstruction, maps, mirroredMaps, mapGrid, patchTokens, toTokenGrid, scattered };
        return addLossTerms({ ...terms, softmaxAxis, gain, weights });
      });
    },
    dispose() {
      attention.dispose();
      decoder.dispose();
    },
  };
}

function checkKeptCount(keptCount: number, { patchCount }: PatchGrid, sameGrid: boolean): void {
  assertInteger('partLearner', 'keptCount', keptCount);
  if (keptCount <= patchCount && sameGrid) return;
  throw new SemmaeError({
    where: 'partLearner',
    requirement: sameGrid
      ? `keptCount must be at most the ${patchCount} patches of the grid`
      : 'keptCount needs maps on the grid of the tokens',
    got: sameGrid ? keptCount : 'another mapGrid',
  });
}

/** Maps of the mirrored images, where the batch has their tokens. */
function mirrored(batch: PartBatch, attend: PartLearner['attend']): tf.Tensor3D | undefined {
  const { mirroredClassToken, mirroredPatchTokens } = batch;
  if (mirroredClassToken && mirroredPatchTokens) return attend(mirroredClassToken, mirroredPatchTokens);
  if (!mirroredClassToken && !mirroredPatchTokens) return undefined;
  throw new SemmaeError({
    where: 'partLearner.loss',
    requirement: 'mirroredClassToken and mirroredPatchTokens must come together',
    got: `only ${mirroredClassToken ? 'mirroredClassToken' : 'mirroredPatchTokens'}`,
  });
}
