// One compared model: pre-trained, probed, and asked to redraw the examples of the report. Runs in a process of its own.

import { join } from 'node:path';

import { createRng } from '@semmae/core';
import { subset } from '@semmae/data';
import { randomMasking } from '@semmae/masking';
import {
  type BackendName,
  drawMasks,
  Interrupted,
  panelImages,
  pretrain,
  probe,
  readHistory,
  reconstruct,
  type StageOptions,
  type TrainedModel,
} from '@semmae/pipeline';
import type { Picture } from '@semmae/report';

import { openImages, type ReproImages } from './images';
import { onceIn } from './once';
import { shardOf } from './part-guides';
import { maskRatio, type Preset } from './presets';
import type { ProbeResult } from './results';
import { type StoredPicture, storePicture } from './stored-picture';
import { comparedStrategies, type StrategyName } from './strategies';

/** Plain data, so that it travels to another process. */
export interface ModelJob {
  strategy: StrategyName;
  seed: number;
  preset: Preset;
  /** A folder of images; the built-in data set where absent. */
  data?: string;
  /** The run folder. */
  folder: string;
  backend: BackendName;
  threads?: number;
  /** Held-out images to redraw, by index; none for all but the first seed. */
  examples: readonly number[];
}

export interface ModelJobResult {
  probe: ProbeResult;
  reconstructions: StoredPicture[];
}

/** Steps that compile and warm up, left out of the throughput. */
const warmUpSteps = 5;

export function modelFolder({ folder, strategy, seed }: Pick<ModelJob, 'folder' | 'strategy' | 'seed'>): string {
  return join(folder, 'models', `${strategy}-seed${seed}`);
}

/** All models of a seed share initial weights, order of images and flips; only the masks differ. */
export function runModelJob(job: ModelJob, stage: StageOptions): Promise<ModelJobResult> {
  const out = modelFolder(job);
  return onceIn(join(out, 'result.json'), async () => {
    const { strategy, seed, preset, data, folder } = job;
    const images = await openImages(data, preset, stage);
    const { masking, guide } = comparedStrategies[strategy];
    const model = await pretrain({
      ...stage,
      ...{ recipe: preset.model, masking, maskRatio, parts: shardOf(folder, guide), seed, out },
      data: images.pretrain,
      steps: preset.steps.pretrain,
    });
    try {
      const history = readHistory(out);
      const accuracy = images.hasClasses ? await accuracies(model, images, stage) : { linear: null, knn: null };
      const reconstructions = await redraw(model, images, job);
      Interrupted.check(stage.signal);
      const { seconds } = history.at(-1)!;
      const imagesPerSecond = throughput(
        history.map((record) => record.seconds),
        preset.model.batchSize,
      );
      return {
        probe: { strategy, seed, ...accuracy, imagesPerSecond, seconds },
        reconstructions: reconstructions.map(storePicture),
      };
    } finally {
      for (const layer of [model.encoder, model.decoder]) layer?.dispose();
    }
  });
}

async function accuracies(
  model: TrainedModel,
  { probeTrain, test }: ReproImages,
  stage: StageOptions,
): Promise<Pick<ProbeResult, 'linear' | 'knn'>> {
  const { scores } = await probe({
    ...stage,
    model,
    data: probeTrain,
    test,
    pooling: 'both',
    neighbors: [20],
    pixels: false,
  });
  const of = (name: string) => scores.find(({ protocol }) => protocol === name)?.accuracy.mean ?? null;
  return { linear: of('linear'), knn: of('knn') };
}

/** The examples by this model, all models under the same random masks. */
async function redraw(
  { encoder, decoder }: TrainedModel,
  { test }: ReproImages,
  { examples, preset }: ModelJob,
): Promise<Picture[]> {
  if (examples.length === 0) return [];
  const size = { height: preset.imageSize, width: preset.imageSize };
  const shown = await panelImages(subset(test, examples), examples.length, size);
  const masking = randomMasking({ maskRatio });
  const rng = createRng(0).split('examples');
  const masks = drawMasks(shown, { masking, grid: encoder.grid, progress: 1, keptShare: 1, rng });
  const options = { encoder, decoder: decoder!, normalizePixels: preset.model.normalizePixels };
  const pictures: Picture[] = [];
  for (const [place, image] of shown.entries()) pictures.push(await reconstruct(image, masks[place]!, options));
  return pictures;
}

/** Median over the steps after the first few, which compile. */
function throughput(times: readonly number[], batchSize: number): number {
  const durations = times.slice(1).map((time, index) => time - times[index]!);
  const steady = (durations.length > 2 * warmUpSteps ? durations.slice(warmUpSteps) : durations)
    .filter((duration) => duration > 0)
    .sort((a, b) => a - b);
  const median = steady[Math.floor(steady.length / 2)];
  return median === undefined ? 0 : batchSize / median;
}
