// SemMAE stage 1: learns parts on the frozen features of an encoder, and draws the part map of any image.
//
// F_c of Eq. 1 is the mean of the patch tokens here. The paper takes the class token of iBOT, which is trained to sum up the
// image; nothing trains the class token of a masked autoencoder to, and parts learned from it score lower.

import { createRng } from '@semmae/core';
import { applyView, fullView, type LabelledImage } from '@semmae/data';
import { type PartBatch, type PartLearner, partLearner, partMap } from '@semmae/parts';
import { adamW, train, warmupCosine } from '@semmae/train';
import type { ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

import { encodeImages, type Features } from '../features';
import { gridOf } from '../models';
import { partCount } from '../presets';
import { stageProgress } from '../progress';
import { Interrupted, type RunContext } from '../run-context';
import { type BothWays, type Guide, picksOfStep, stack } from '../samples';
import { planSteps } from '../step-plan';

/** Adam's learning rate for Eq. 1-7; the paper gives none. */
const peakLearningRate = 2e-3;
const seed = 0;
/** The decoder redraws images this many times larger than the patch grid; parts do not need more pixels. */
const pixelsPerPatch = 4;

export interface LearnedParts {
  encoder: ViTEncoder;
  learner: PartLearner;
  dispose(): void;
}

/** What was learned about one image. */
export interface LearnedImageParts extends Guide {
  /** Argmax of the maps without a background class: what foreground scores judge. */
  foreground: Uint8Array;
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
  const optimizer = adamW({ variables: learner.variables(), beta1: 0.9, beta2: 0.99, weightDecay: 0 });
  const progress = stageProgress('Learning parts', totalSteps, 'steps');
  const { interrupted, loss } = await train<PartBatch>({
    objective: learner,
    optimizer,
    schedule: warmupCosine({
      baseLearningRate: peakLearningRate,
      warmupSteps: Math.ceil(totalSteps * 0.05),
      totalSteps,
    }),
    epochs,
    stepsPerEpoch,
    batch,
    clipNorm: 1,
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

/** Part map and attention of every image, all as the image stands (not mirrored). */
export async function drawPartMaps(
  { encoder, learner }: LearnedParts,
  pixels: readonly Float32Array[],
  size: number,
): Promise<LearnedImageParts[]> {
  const { grid } = learner;
  const progress = stageProgress('Drawing part maps', pixels.length, 'images');
  const { meanTokens, patchTokens, attention } = await encodeImages(encoder, pixels, size, (done) =>
    progress.update(done),
  );
  const maps = await attendAll(learner, { meanTokens, patchTokens, attention });
  progress.finish();
  return maps.map((map, index) => {
    const { partCount: parts } = learner;
    const withBackground = partMap({ attention: map, partCount: parts, grid });
    const foreground = partMap({ attention: map, partCount: parts, grid, background: 'none' });
    return { parts: withBackground.parts, foreground: foreground.parts, attention: attention[index]! };
  });
}

const mapBatchSize = 128;

async function attendAll(learner: PartLearner, { meanTokens, patchTokens }: Features): Promise<Float32Array[]> {
  const maps: Float32Array[] = [];
  const { patchCount } = learner.grid;
  for (let start = 0; start < meanTokens.length; start += mapBatchSize) {
    const count = Math.min(mapBatchSize, meanTokens.length - start);
    const attention = tf.tidy(() => {
      const width = meanTokens[start]!.length;
      const classToken = tf.tensor2d(stack(meanTokens.slice(start, start + count)), [count, width]);
      return learner.attend(
        classToken,
        tf.tensor3d(stack(patchTokens.slice(start, start + count)), [count, patchCount, width]),
      );
    });
    const values = (await attention.data()) as Float32Array;
    attention.dispose();
    const length = values.length / count;
    for (let row = 0; row < count; row++) maps.push(values.slice(row * length, (row + 1) * length));
  }
  return maps;
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
  const targets = images.pretrain.map((image) => shrunken(image, side));
  return (epoch: number, step: number): PartBatch => {
    const picks = picksOfStep(rng, { epoch, step, count: prepared.length, batchSize });
    return {
      classToken: tf.tensor2d(stack(picks.map(({ index, mirrored }) => features[mirrored].meanTokens[index]!)), [
        batchSize,
        encoder.width,
      ]),
      patchTokens: tf.tensor3d(stack(picks.map(({ index, mirrored }) => features[mirrored].patchTokens[index]!)), [
        batchSize,
        patchCount,
        encoder.width,
      ]),
      images: tf.tensor4d(stack(picks.map(({ index, mirrored }) => targets[index]![mirrored])), [
        batchSize,
        side,
        side,
        3,
      ]),
    };
  };
}

function shrunken(image: LabelledImage, side: number): BothWays<Float32Array> {
  const pixels = (flip: boolean) => applyView(image, { ...fullView(image), flip }, { height: side, width: side });
  return [pixels(false), pixels(true)];
}
