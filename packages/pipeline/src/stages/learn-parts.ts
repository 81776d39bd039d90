// SemMAE stage 1 as one call: parts on the frozen features of an encoder.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { assertInteger, assertRange } from '@semmae/core';
import type { FileLock } from '@semmae/core/files';
import type { PartBatch } from '@semmae/parts';
import { adamW, train, warmupCosine } from '@semmae/train';
import type { LoadingOptions } from '../batches/batches';
import { type ImagesOptions, openData } from '../batches/open-data';
import { partBatches } from '../batches/part-batches';
import { featureGeometry } from '../features/feature-geometry';
import { type FeatureStore, type FeatureStoreOptions, featureStore } from '../features/feature-store';
import { prepareTokens, scalingOf } from '../features/prepare-tokens';
import type { EncoderModel } from '../models/encoder-file';
import { loadEncoder } from '../models/load-model';
import { createLearner, loadParts, type PartsModel, saveParts } from '../models/parts-file';
import type { PublicWeightsOptions } from '../models/public-weights-options';
import { trainedImagesOf } from '../models/trained-images';
import { Interrupted } from '../runs/interrupted';
import { assertEnterable, enterRunFolder } from '../runs/run-folder';
import { lockRun } from '../runs/run-lock';
import type { ResumePolicy } from '../runs/stage-options';
import { partRescue } from './part-rescue';
import { outputSizeOf, type PartsConfigOptions, partsConfig } from './parts-config';

export interface LearnPartsOptions
  extends Omit<PartsConfigOptions, 'encoder'>,
    Omit<FeatureStoreOptions, 'encoder' | 'data' | 'memoryLimit'>,
    ImagesOptions,
    Pick<LoadingOptions, 'workers'>,
    PublicWeightsOptions {
  /** Frozen. A model, or by path what `loadEncoder` takes. */
  encoder: string | EncoderModel;
  /** Features that take more MiB than this are computed again for every batch. Default 2048. */
  memoryLimit?: number;
  /** Features that were computed before, of the same images; several trainings may share them. */
  features?: FeatureStore;
  /** Told before the first step what the features take and how fast they came. */
  onFeatures?: (features: FeatureStore) => void;
  /** The run folder: parts.safetensors, checkpoints and metrics.jsonl go there. */
  out: string;
  /** Minutes from one checkpoint to the next. Default 5. */
  checkpointMinutes?: number;
  /** Default 'if-there'. */
  resume?: ResumePolicy;
  /** Default 2000. */
  steps?: number;
  /** Default 16, or all images where there are fewer. */
  batchSize?: number;
  /** Peak of a warm-up (5 % of the steps) and cosine. Default 1e-3. */
  learningRate?: number;
  /** Steps from one look for dead parts to the next, during the first three quarters. Default about 1000 images; 0 never. */
  rescueEvery?: number;
}

export interface LearnedPartsModel extends PartsModel {
  /** The file. */
  path: string;
  /** How the features were computed; undefined where the parts were finished before. */
  features?: FeatureStore;
}

// Adam's settings for Eq. 1-7; the paper gives none. Betas and clipping steady a decoder without adversary.
const adam = { beta1: 0.9, beta2: 0.99, weightDecay: 0 };
const clipNorm = 1;
const warmupShare = 0.05;
const rescueShare = 0.75;
const rescueImages = 1000;

/**
 * Trains part attention and decoder (Eq. 1-7) on features of all images and their mirror images. Resuming gives what a run
 * without interruption would have given.
 *
 * Throws `Interrupted` when the signal is aborted, and a SemmaeError for what does not fit together.
 */
export async function learnParts(named: LearnPartsOptions): Promise<LearnedPartsModel> {
  const { resume = 'if-there', signal, onProgress } = named;
  assertEnterable(named.out, resume); // before images are decoded
  const encoder = typeof named.encoder === 'string' ? await loadEncoder(named.encoder, named) : named.encoder;
  const { train: data } = await openData(named, { ...featureGeometry(encoder, named), labels: false }, named);
  const options = { ...named, encoder, data, memoryLimit: (named.memoryLimit ?? 2048) * 2 ** 20 };
  const { steps = 2000, learningRate = 1e-3, seed = 0 } = options;
  assertInteger('learnParts', '`steps`', steps);
  assertRange('learnParts', '`learningRate`', learningRate, 0, Number.MAX_VALUE);
  const batchSize = Math.min(options.batchSize ?? 16, data.length);
  assertInteger('learnParts', '`batchSize`', batchSize);
  const { rescueEvery = Math.ceil(rescueImages / batchSize) } = options;
  assertInteger('learnParts', '`rescueEvery`', rescueEvery, { least: 0 });

  const config = partsConfig(options);
  const optimization = { steps, batchSize, learningRate, rescueEvery };
  const settings = { data: data.name, imageCount: data.length, ...config, ...optimization };
  const learner = createLearner(config);
  let features: FeatureStore | undefined;
  let lock: FileLock | undefined;
  try {
    const folder = enterRunFolder({ folder: options.out, settings, resume });
    const path = join(folder, 'parts.safetensors');
    if (existsSync(path)) {
      learner.dispose();
      return { ...(await loadParts(path)), path };
    }
    lock = lockRun(join(folder, 'run.lock'));
    features = options.features ?? (await featureStore(options));
    options.onFeatures?.(features);
    const scaling = config.standardize ? await scalingOf(features, options) : undefined;
    const rescue = partRescue({ learner, every: rescueEvery, until: rescueShare * steps, seed });
    const batches = partBatches({
      features,
      classTokenSource: config.classTokenSource,
      preparation: prepareTokens(config, features, scaling),
      withMirrored: (options.equivarianceWeight ?? 0) > 0,
      output: outputSizeOf(config),
      batchSize,
      seed,
      styleNoise: options.styleNoise,
      styleDropout: options.styleDropout,
      workers: options.workers,
      onWarning: options.onWarning,
    });
    const optimizer = adamW({ variables: learner.variables(), ...adam });
    try {
      const { interrupted } = await train<PartBatch>({
        objective: learner,
        optimizer,
        schedule: warmupCosine({
          baseLearningRate: learningRate,
          warmupSteps: Math.ceil(steps * warmupShare),
          totalSteps: steps,
        }),
        epochs: 1,
        stepsPerEpoch: steps,
        async batch(_, step) {
          await rescue.before(step);
          return batches.batch(step);
        },
        clipNorm,
        compile: options.compile,
        folder,
        checkpointEveryMinutes: options.checkpointMinutes,
        configuration: settings,
        userState: { save: rescue.save, restore: (sums) => rescue.restore(sums as number[]) },
        signal,
        onProgress({ step, totalSteps, metrics }) {
          rescue.watch(metrics);
          onProgress?.({
            title: 'Learning parts',
            done: step,
            total: totalSteps,
            unit: 'steps',
            note: `reconstruction ${metrics.reconstruction?.toFixed(3)}, diversity ${metrics.diversity?.toFixed(3)}`,
          });
        },
      });
      if (interrupted) throw new Interrupted();
    } finally {
      await batches.close();
      optimizer.dispose();
    }
    const provenance = {
      ...{ data: data.name, trainedImages: trainedImagesOf(data), imageCount: data.length },
      ...{ steps, batchSize },
    };
    return { ...(await saveParts(path, learner, { config, provenance, scaling })), path, features };
  } catch (error) {
    learner.dispose();
    throw error;
  } finally {
    lock?.release();
  }
}
