// The MAE training task of the engine benchmarks, on whichever tfjs backend is set.

import { createRng } from '@semmae/core';
import { maskBatch, randomMasking } from '@semmae/masking';
import { adamW, type Compile, type MaskedImageBatch, maeObjective, maskedImageBatch, trainStep } from '@semmae/train';
import { MAEDecoder, ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

import { type ModelSize, maskRatio } from './model-sizes';

export interface MAETask {
  encoder: ViTEncoder;
  decoder: MAEDecoder;
  /** Trained numbers in the model. */
  parameters: number;
  batch: MaskedImageBatch;
  /** One update on `batch`, or on another of its kind; returns the loss. */
  step(index: number, batch?: MaskedImageBatch): number;
}

const learningRate = 1e-3;

/** The same weights, images and masks at every call with the same sizes. */
export function maeTask(size: ModelSize, compile: Compile): MAETask {
  const encoder = new ViTEncoder({
    imageHeight: size.image,
    imageWidth: size.image,
    patchSize: size.patch,
    ...size.encoder,
    seed: 1,
  });
  const decoder = new MAEDecoder({
    grid: encoder.grid,
    patchSize: size.patch,
    encoderWidth: size.encoder.width,
    ...size.decoder,
    seed: 2,
  });
  const objective = maeObjective({ encoder, decoder });
  const variables = objective.variables();
  const step = trainStep({ objective, optimizer: adamW({ variables }), compile });
  const ownBatch = maeBatch(encoder, size.batch);
  return {
    encoder,
    decoder,
    parameters: variables.reduce((count, variable) => count + variable.size, 0),
    batch: ownBatch,
    step(index, batch = ownBatch) {
      const metrics = step(batch, { learningRate, step: index });
      const loss = metrics.loss.dataSync()[0]!;
      tf.dispose(metrics);
      return loss;
    },
  };
}

/** Normal noise, since the time of a step does not depend on what an image shows. */
export function maeBatch({ grid, imageSize }: ViTEncoder, batchSize: number): MaskedImageBatch {
  const rng = createRng(3);
  const shape: [number, number, number, number] = [batchSize, imageSize.height, imageSize.width, 3];
  const length = shape.reduce((product, axis) => product * axis, 1);
  const masking = randomMasking({ maskRatio });
  return maskedImageBatch(
    tf.tensor4d(
      Float32Array.from({ length }, () => rng.normal()),
      shape,
    ),
    maskBatch(Array.from({ length: batchSize }, () => masking.sample({ grid, progress: 0 }, rng))),
  );
}
