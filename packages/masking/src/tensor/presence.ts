// Which entries of padded rows are patches: the attention mask of an encoder whose images keep different counts.

import * as tf from '@tensorflow/tfjs-core';

import type { MaskTensors } from './mask-tensors';
import { isListed } from './row-picks';

/** [B, K] float32: 1 for visible patches, 0 for the padding behind them. All ones where counts are equal. */
export function visiblePresence({ visible, visibleCounts }: MaskTensors): tf.Tensor2D {
  return presence(visible, visibleCounts);
}

/** [B, M] float32: 1 for masked patches, 0 for the padding behind them. */
export function maskedPresence({ masked, maskedCounts }: MaskTensors): tf.Tensor2D {
  return presence(masked, maskedCounts);
}

function presence(indices: tf.Tensor2D, counts: tf.Tensor1D): tf.Tensor2D {
  return tf.tidy(() => tf.cast(isListed(counts, indices.shape[1]), 'float32'));
}
