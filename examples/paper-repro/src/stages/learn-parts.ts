// SemMAE stage 1: learns parts on the frozen features of an encoder.
//
// F_c of Eq. 1 is the mean of the patch tokens here. The paper takes the class token of iBOT, which is trained to sum up the
// image; nothing trains the class token of a masked autoencoder to, and parts learned from it score lower.

import { stageProgress } from '@semmae/cli';
import { createRng, stackRows } from '@semmae/core';
import { type PartBatch, type PartLearner, partLearner } from '@semmae/parts';
import { Interrupted } from '@semmae/pipeline';
import { adamW, train, warmupCosine } from '@semmae/train';
import type { ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import { encodeImages, type Features } from '../features';
import { gridOf } from '../models';
import { partCount } from '../presets';
import type { RunContext } from '../run-context';
import { type BothWays, picksOfStep, prepareImages } from '../samples';
import { planSteps } from '../step-plan';

// Adam's settings for Eq. 1-7; the paper gives none. Betas and clipping steady a decoder without adversary.
const peakLearningRate = 2e-3;
const adam = { beta1: 0.9, beta2: 0.99, weightDecay: 0 };
const clipNorm = 1;
const warmupShare = 0.05;
const seed = 0;
/** The decoder redraws images this many times larger than the patch grid; parts do not need more pixels. */
const pixelsPerPatch = 4;

export interface LearnedParts {
  encoder: ViTEncoder;
  learner: PartLearner;
  dispose(): void;
}

/** Trains the part learner on both orientations of the pre-training images. */
export async function learnParts(context: RunContext, encoder: ViTEncoder): Promise<LearnedParts> {
  const { preset, prepared, backend, signal } = context;
  const grid = gridOf(preset);
  const side = grid.rows * pixelsPerPatch;
  const learner = partLearner({
    channels: encoder.width,
    grid,
    partCount,
    decoder: { channels: [32, 16, 8], output: { height: side, width: side } },
    seed,
  });
  const { batchSize, epochs, stepsPerEpoch, totalSteps } = planSteps({
    imageCount: prepared.length,
    batchSize: preset.batchSize,
    steps: preset.steps.parts,
  });
  const batch = await featureBatches(context, encoder, { batchSize, side });
  const optimizer = adamW({ variables: learner.variables(), ...adam });
  const progress = stageProgress('Learning parts', totalSteps, 'steps');
  const { interrupted, loss } = await train<PartBatch>({
    objective: learner,
    optimizer,
    schedule: warmupCosine({
      baseLearningRate: peakLearningRate,
      warmupSteps: Math.ceil(totalSteps * warmupShare),
      totalSteps,
    }),
    epochs,
    stepsPerEpoch,
    batch,
    clipNorm,
    compile: backend.compile,
    folder: context.folder.folder('parts'),
    signal,
    onProgress: ({ step, metrics }) =>
      progress.update(
        step,
        `reconstruction ${metrics.reconstruction?.toFixed(3)}, diversity ${metrics.diversity?.toFixed(3)}`,
      ),
  });
  optimizer.dispose();
  if (interrupted) throw new Interrupted();
  progress.finish(loss === undefined ? 'already learned' : `loss ${loss.toFixed(3)}`);
  return { encoder, learner, dispose: () => learner.dispose() };
}

/** Batches of features that were computed once; the encoder is frozen, and the flip is the only augmentation. */
async function featureBatches(
  { preset, prepared, images }: RunContext,
  encoder: ViTEncoder,
  { batchSize, side }: { batchSize: number; side: number },
) {
  const rng = createRng(seed).split('parts');
  const { imageSize } = preset;
  const { patchCount } = encoder.grid;
  const progress = stageProgress('Encoding images', 2 * prepared.length, 'images');
  const features: BothWays<Features> = [
    await encodeImages(
      encoder,
      prepared.map(([plain]) => plain),
      imageSize,
      (done) => progress.update(done),
    ),
    await encodeImages(
      encoder,
      prepared.map(([, mirrored]) => mirrored),
      imageSize,
      (done) => progress.update(prepared.length + done),
    ),
  ];
  progress.finish();
  const targets = prepareImages(images.pretrain, side);
  return (epoch: number, step: number): PartBatch => {
    const picks = picksOfStep(rng, { epoch, step, count: prepared.length, batchSize });
    return {
      classToken: tf.tensor2d(stackRows(picks.map(({ index, mirrored }) => features[mirrored].meanTokens[index]!)), [
        batchSize,
        encoder.width,
      ]),
      patchTokens: tf.tensor3d(stackRows(picks.map(({ index, mirrored }) => features[mirrored].patchTokens[index]!)), [
        batchSize,
        patchCount,
        encoder.width,
      ]),
      images: tf.tensor4d(stackRows(picks.map(({ index, mirrored }) => targets[index]![mirrored])), [
        batchSize,
        side,
        side,
        3,
      ]),
    };
  };
}
