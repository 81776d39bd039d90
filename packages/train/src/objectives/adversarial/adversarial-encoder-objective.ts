// The encoder's side of the game: to recognize images whatever the masks hide.

import * as tf from '@tensorflow/tfjs-core';

import type { Objective } from '../../step/objective';
import type { AdversarialBatch } from './adversarial-batch';
import { detached } from './detached';
import type { MaskNetwork } from './mask-network';
import { siameseLoss, viewMasks } from './siamese-loss';
import type { SiameseModel } from './siamese-model';

export interface AdversarialPlayers {
  model: SiameseModel;
  masks: MaskNetwork;
}

/**
 * Minimizes Σₙ Lₙ over the model's variables; no gradient reaches the mask network.
 *
 * Reference: Shi et al., "Adversarial Masking for Self-Supervised Learning", https://arxiv.org/abs/2201.13100
 */
export function adversarialEncoderObjective({ model, masks }: AdversarialPlayers): Objective<AdversarialBatch> {
  return {
    name: `adversarial-${model.name}`,
    variables: () => model.variables(),
    loss: (batch) => ({
      loss: tf.tidy(() => {
        const { first, second } = viewMasks(model, masks, batch);
        return siameseLoss(model, batch, { first: first && detached(first), second: detached(second) });
      }),
    }),
  };
}
