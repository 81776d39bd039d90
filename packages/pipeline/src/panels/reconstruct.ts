// What a masked autoencoder makes of hidden patches.

import { imageNetStatistics } from '@semmae/core';
import {
  maskPicture,
  type Picture,
  reconstructionPicture,
  restorePatchStatistics,
  selectBands,
  shownBands,
  shownStatistics,
} from '@semmae/report';
import type { MAEDecoder, ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

import type { DrawnMask } from './draw-masks';
import type { PanelImage, PanelPixels } from './panel';

export interface ReconstructOptions extends PanelPixels {
  encoder: ViTEncoder;
  decoder: MAEDecoder;
  /** Whether the decoder predicts each patch standardized; a predicted patch then takes mean and contrast from the original. */
  normalizePixels: boolean;
}

/** Predicted patches between the visible ones; patches that are not used are dark blue. */
export async function reconstruct(
  { picture, pixels }: Pick<PanelImage, 'picture' | 'pixels'>,
  { visible, masked, dropped }: Pick<DrawnMask, 'visible' | 'masked' | 'dropped'>,
  { encoder, decoder, normalizePixels, statistics = imageNetStatistics, showBands }: ReconstructOptions,
): Promise<Picture> {
  const { grid, channels } = encoder;
  const { height, width } = picture;
  const image = maskPicture({ image: picture, grid, masked: [], dropped });
  if (masked.length === 0) return image;
  const output = tf.tidy(() => {
    const seen = tf.tensor2d(visible, [1, visible.length], 'int32');
    const tokens = encoder.apply([tf.tensor4d(pixels, [1, height, width, channels]), seen]) as tf.Tensor3D;
    return decoder.apply([tokens, seen, tf.tensor2d(masked, [1, masked.length], 'int32')]) as tf.Tensor3D;
  });
  const predictions = await output.data<'float32'>();
  output.dispose();
  const patches = normalizePixels
    ? restorePatchStatistics({ height, width, channels, grid, pixels, masked, predictions })
    : predictions;
  const shown = shownBands(channels, showBands);
  return reconstructionPicture({
    ...{ image, grid, masked, patches: selectBands(patches, channels, shown) },
    ...shownStatistics(statistics, shown),
  });
}

/** To be said beside such pictures. */
export const borrowedStatistics =
  'each predicted patch borrows mean and contrast from the hidden original, so colors look better than the model knows';
