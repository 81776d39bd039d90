// One round of the game: an update of the encoder, then one of the masks, on the same batch.

import * as tf from '@tensorflow/tfjs-core';

import type { Schedule } from '../../schedules/schedule';
import { type StepMetrics, type TrainStep, type TrainStepOptions, trainStep } from '../../step/train-step';
import type { AdversarialBatch } from './adversarial-batch';

type PlayerOptions = Omit<TrainStepOptions<AdversarialBatch>, 'accumulationSteps'>;

export interface AdversarialStepOptions {
  /** Its rate is that of the moment. `movingAverage` is that of the model's target, where it has one. */
  encoder: PlayerOptions;
  masks: PlayerOptions & { schedule: Schedule };
}

/**
 * Each player's update is one compiled step. Metrics: the encoder's under their own names (`loss` is Σₙ Lₙ before its update),
 * the masks' `loss` and `gradientNorm` as `maskLoss` and `maskGradientNorm`, their others as they are (`siameseLoss` is Σₙ Lₙ after the encoder's
 * update). Batches are not accumulated: the losses compare the images of a batch.
 */
export function adversarialStep({ encoder, masks }: AdversarialStepOptions): TrainStep<AdversarialBatch> {
  const encoderStep = trainStep(encoder);
  const maskStep = trainStep(masks);
  const step = (batch: AdversarialBatch, { learningRate, step: count }: Parameters<typeof encoderStep>[1]) =>
    tf.tidy((): StepMetrics => {
      const ofEncoder = encoderStep(batch, { learningRate, step: count });
      const { loss, gradientNorm, ...others } = maskStep(batch, {
        learningRate: masks.schedule(count - 1),
        step: count,
      });
      return { ...others, ...ofEncoder, maskLoss: loss, maskGradientNorm: gradientNorm };
    });
  return Object.assign(step, {
    accumulate: encoderStep.accumulate, // says that there is nothing to accumulate
    dispose() {
      encoderStep.dispose();
      maskStep.dispose();
    },
  });
}
