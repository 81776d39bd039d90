// The loss that both players move: one wants masked views to be recognized, the other hides what would do it.

import { assertShape } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { AdversarialBatch } from './adversarial-batch';
import type { MaskNetwork } from './mask-network';
import { maskedCopies } from './masked-copies';
import type { ImageEmbedder, SiameseModel, ViewPair } from './siamese-model';

/** Soft masks [B, H, W, J] of the views that are masked. */
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

/**
 * Σₙ L(f(x₁), f(x₂ · (1 - mₙ))), x₁ masked likewise where the model masks both; with `chosen` the one loss of the chosen masks. A target
 * of the model sees the same views, masked or not.
 */
export function siameseLoss(
  model: SiameseModel,
  { first, second, chosen }: AdversarialBatch,
  masks: ViewMasks,
): tf.Scalar {
  if (chosen !== undefined)
    assertShape('adversarial masking', 'chosen', chosen.shape, [first.shape[0], masks.second.shape[3]]);
  return tf.tidy(() => {
    const views = {
      batchSize: first.shape[0],
      first: masks.first === undefined ? first : maskedCopies(first, masks.first, chosen),
      second: maskedCopies(second, masks.second, chosen),
    };
    const pairs = embeddedPairs(model, model.name, views);
    const ofTarget = model.target && embeddedPairs(model.target, `target of ${model.name}`, views);
    return tf.addN(pairs.map((pair, round) => model.loss(pair.first, pair.second, ofTarget?.[round])));
  });
}

/** Images [rounds·B, H, W, C], one batch after the other, a batch for each round; an unmasked first view is the same in all rounds. */
interface MaskedViews {
  batchSize: number;
  first: tf.Tensor4D;
  second: tf.Tensor4D;
}

/** The embeddings of each round. */
function embeddedPairs(
  embedder: Pick<ImageEmbedder, 'embed'>,
  where: string,
  { batchSize, first, second }: MaskedViews,
): ViewPair[] {
  const embedded = (images: tf.Tensor4D): tf.Tensor2D[] => {
    const embeddings = embedder.embed(images);
    assertShape(where, 'embed(images)', embeddings.shape, [images.shape[0], null], 'return one row for each image');
    const rounds = images.shape[0] / batchSize;
    return rounds === 1 ? [embeddings] : tf.split(embeddings, rounds, 0);
  };
  const ofFirst = embedded(first);
  return embedded(second).map((ofSecond, round) => ({ first: ofFirst[round] ?? ofFirst[0]!, second: ofSecond }));
}
