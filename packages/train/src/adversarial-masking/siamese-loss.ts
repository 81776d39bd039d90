// The loss that both players move: one wants masked views to be recognised, the other hides what would do it.

import { assertShape } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { AdversarialBatch } from './adversarial-batch';
import type { MaskNetwork } from './mask-network';
import { maskedCopies } from './masked-copies';
import type { SiameseModel } from './siamese-model';

/** Soft masks [B, H, W, N] of the views that are masked. */
export interface ViewMasks {
  /** Present where both views are masked. */
  first?: tf.Tensor4D;
  second: tf.Tensor4D;
}

/** The masks of a batch; each masked view gets its own. */
export function viewMasks(model: SiameseModel, network: MaskNetwork, { first, second }: AdversarialBatch): ViewMasks {
  assertShape('adversarial masking', 'second', second.shape, first.shape, 'two views of the same images');
  return model.masked === 'both'
    ? { first: network.masks(first), second: network.masks(second) }
    : { second: network.masks(second) };
}

/** Σₙ L(f(x₁), f(x₂ · (1 - mₙ))), x₁ masked likewise where the model masks both; with `chosen` the one loss of the chosen masks. */
export function siameseLoss(
  model: SiameseModel,
  { first, second, chosen }: AdversarialBatch,
  masks: ViewMasks,
): tf.Scalar {
  const rounds = chosen === undefined ? masks.second.shape[3] : 1;
  if (chosen !== undefined)
    assertShape('adversarial masking', 'chosen', chosen.shape, [first.shape[0], masks.second.shape[3]]);
  return tf.tidy(() => {
    const ofSecond = embedded(model, maskedCopies(second, masks.second, chosen), rounds);
    const ofFirst =
      masks.first === undefined
        ? new Array<tf.Tensor2D>(rounds).fill(embedded(model, first, 1)[0]!)
        : embedded(model, maskedCopies(first, masks.first, chosen), rounds);
    return tf.addN(ofSecond.map((embeddings, round) => model.loss(ofFirst[round]!, embeddings)));
  });
}

/** The embeddings [B, D] of each of `rounds` batches that lie one after the other in `images`. */
function embedded(model: SiameseModel, images: tf.Tensor4D, rounds: number): tf.Tensor2D[] {
  const embeddings = model.embed(images);
  assertShape(model.name, 'embed(images)', embeddings.shape, [images.shape[0], null], 'return one row for each image');
  return rounds === 1 ? [embeddings] : tf.split(embeddings, rounds, 0);
}
