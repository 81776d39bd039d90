// Pre-trains one masked autoencoder with one masking strategy.

import { stageProgress } from '@semmae/cli';
import { createRng, stackRows } from '@semmae/core';
import { type MaskingStrategy, maskBatch } from '@semmae/masking';
import { Interrupted } from '@semmae/pipeline';
import { adamW, maeObjective, maskedImageBatch, type StepRecord, train, warmupCosine } from '@semmae/train';
import * as tf from '@tensorflow/tfjs-core';
import { createModel, gridOf, type MAEModel } from '../models';
import { readHistory } from '../read-history';
import type { RunContext } from '../run-context';
import { type BothWays, type Guide, picksOfStep } from '../samples';
import { planSteps, type StepPlan } from '../step-plan';

/** Peak learning rate. MAE's 1.5e-4 · batch / 256 is meant for hundreds of epochs; short runs of small models want more. */
const peakLearningRate = 1e-3;
/** Share of the steps that warm up (MAE: 40 of 800 epochs). */
const warmupShare = 0.05;

export interface PretrainOptions {
  title: string;
  /** Sub-folder of the run. */
  name: string;
  strategy: MaskingStrategy;
  /** Budget, rounded to whole passes over the images. */
  steps: number;
  seed: number;
  /** Part maps and attention of the pre-training images; only strategies without guidance can do without. */
  guides?: readonly BothWays<Guide>[];
}

export interface PretrainedModel {
  model: MAEModel;
  history: StepRecord[];
}

/** Trains, or continues, or loads what is trained already. The caller disposes the model. */
export async function pretrain(context: RunContext, options: PretrainOptions): Promise<PretrainedModel> {
  const { preset, prepared, backend, signal } = context;
  const { title, name, seed, strategy } = options;
  const folder = context.folder.folder(name);
  const plan = planSteps({ imageCount: prepared.length, batchSize: preset.batchSize, steps: options.steps });
  const { epochs, stepsPerEpoch, totalSteps } = plan;
  const model = createModel(preset, seed);
  const objective = maeObjective({ ...model, normalizePixels: true });
  const optimizer = adamW({ variables: objective.variables() });
  const progress = stageProgress(title, totalSteps, 'steps');

  try {
    const { interrupted, loss } = await train({
      objective,
      optimizer,
      schedule: warmupCosine({
        baseLearningRate: peakLearningRate,
        warmupSteps: Math.ceil(totalSteps * warmupShare),
        totalSteps,
      }),
      epochs,
      stepsPerEpoch,
      batch: maskedBatches(context, options, plan),
      compile: backend.compile,
      folder,
      signal,
      configuration: {
        ...preset.encoder,
        decoder: preset.decoder,
        strategy: strategy.name,
        seed,
        images: prepared.length,
      },
      onProgress: ({ step, loss: current, imagesPerSecond }) =>
        progress.update(step, `${imagesPerSecond.toFixed(0)} images/s, loss ${current.toFixed(3)}`),
    });
    if (interrupted) throw new Interrupted();
    progress.finish(loss === undefined ? 'already trained' : `loss ${loss.toFixed(3)}`);
  } catch (error) {
    model.dispose();
    throw error;
  } finally {
    optimizer.dispose();
  }
  return { model, history: readHistory(folder) };
}

/** Batches of flipped images and their masks. All randomness is named by (seed, epoch, image), never by what ran before. */
function maskedBatches(
  { preset, prepared }: RunContext,
  { strategy, seed, guides }: PretrainOptions,
  { batchSize, stepsPerEpoch, totalSteps }: StepPlan,
) {
  const grid = gridOf(preset);
  const rng = createRng(seed);
  const { imageSize } = preset;
  return (epoch: number, step: number) => {
    const picks = picksOfStep(rng, { epoch, step, count: prepared.length, batchSize });
    const progress = (epoch * stepsPerEpoch + step) / totalSteps;
    const masks = maskBatch(
      picks.map(({ index, mirrored }) =>
        strategy.sample({ grid, progress, ...guides?.[index]?.[mirrored] }, rng.split('mask', epoch, index)),
      ),
    );
    const pixels = stackRows(picks.map(({ index, mirrored }) => prepared[index]![mirrored]));
    return maskedImageBatch(tf.tensor4d(pixels, [batchSize, imageSize, imageSize, 3]), masks);
  };
}
