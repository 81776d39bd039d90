// The masks that a network proposes, read to the host.

import * as tf from '@tensorflow/tfjs-core';

import { type Compile, runDirectly, type TensorGroup } from '../../step/compile';
import type { MaskNetwork } from './mask-network';

/** J soft masks for each of B images. */
export interface SoftMasks {
  /** [B · J · H · W], image by image and mask by mask; 1 = hidden. */
  values: Float32Array;
  batchSize: number;
  maskCount: number;
  height: number;
  width: number;
}

/** A function from images [B, H, W, C], which stay the caller's, to their masks. */
export function softMaskReader(
  network: MaskNetwork,
  { compile = runDirectly }: { compile?: Compile } = {},
): (images: tf.Tensor4D) => Promise<SoftMasks> {
  const run = compile(
    (...inputs: TensorGroup[]): TensorGroup =>
      tf.tidy(() => tf.transpose(network.masks(inputs[0] as tf.Tensor4D), [0, 3, 1, 2])),
  );
  return async (images) => {
    const masks = run(images) as tf.Tensor4D;
    const [batchSize, maskCount, height, width] = masks.shape;
    const values = await masks.data<'float32'>();
    masks.dispose();
    return { values, batchSize, maskCount, height, width };
  };
}
