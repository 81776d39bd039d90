// What a pre-training shows while it runs, and leaves behind: TensorBoard event files and a report.

import { join } from 'node:path';

import { createRng, patchGridOfImage } from '@semmae/core';
import type { ImageDataset } from '@semmae/data';
import type { BatchMaskingStrategy, MaskingStrategy } from '@semmae/masking';
import { type EventWriter, eventWriter, writeReport } from '@semmae/report';
import type { TrainProgress } from '@semmae/train';
import { maskColumns } from '../panels/mask-columns';
import { type NetworkInTraining, networkPanel } from '../panels/network-panel';
import { type Panel, type PanelPixels, panelImages, panelOf, panelSheet } from '../panels/panel';
import { isMaskedImageRecipe, type PretrainRecipe, viewSizeOf } from '../recipes/pretrain-recipe';
import { readHistory } from './read-history';
import { runReport } from './run-report';
import type { StageOptions } from './stage-options';

const shownMetrics = ['classLoss', 'patchLoss', 'siameseLoss', 'featureStd', 'maskSharpness'];

/** The line of a step: its loss, or the losses that make it up, and the images a second. */
export function stepNote({
  loss,
  imagesPerSecond,
  metrics,
}: Pick<TrainProgress, 'loss' | 'imagesPerSecond' | 'metrics'>): string {
  const numbers = shownMetrics
    .filter((name) => metrics[name] !== undefined)
    .map((name) => `${name} ${metrics[name]!.toFixed(3)}`);
  return [
    ...(numbers.length > 0 ? numbers : [`loss ${loss.toFixed(3)}`]),
    `${imagesPerSecond.toPrecision(3)} images/s`,
  ].join(', ');
}

export interface RunRecorder {
  /** Draws now and then, and may then be awaited; changes nothing that the training looks at. */
  onStep(progress: TrainProgress, network: NetworkInTraining): Promise<void>;
  /** The run is done: writes report.html. */
  finish(network: NetworkInTraining): Promise<void>;
  /** Of the event file; an interrupted run begins another. */
  close(): Promise<void>;
}

export interface RecordRunOptions extends Pick<StageOptions, 'onProgress' | 'onWarning'>, PanelPixels {
  folder: string;
  recipe: PretrainRecipe;
  settings: Readonly<Record<string, unknown>>;
  /** With part maps where masks need them. */
  data: ImageDataset;
  /** What the user calls the photographs. */
  dataName: string;
  masking?: MaskingStrategy | BatchMaskingStrategy;
  seed: number;
}

/** Images in a panel: few, as each costs a pass through the network. */
const shownImages = 4;
/** Panels of a run: the first step, the last, and four between. */
const panelMoments = 6;
/** Points of a curve in TensorBoard. */
const recordedSteps = 2000;

/** A picture or page that fails is a warning: what was trained matters more. */
export async function recordRun(options: RecordRunOptions): Promise<RunRecorder> {
  const { folder, recipe, settings, data, dataName, masking, seed, statistics, showBands, onProgress, onWarning } =
    options;
  const title = `Pre-training, ${recipe.name}`;
  const side = viewSizeOf(recipe);
  const images = await panelImages(data, shownImages, { height: side, width: side }, { statistics, showBands });
  const draw = networkPanel({ recipe, images, masking, seed, statistics, showBands });
  let events: EventWriter | undefined;
  let last: Panel | undefined;

  async function attempt<T>(what: string, make: () => Promise<T>): Promise<T | undefined> {
    try {
      return await make();
    } catch (error) {
      onWarning?.(`left out ${what}: ${(error as Error).message}`);
      return undefined;
    }
  }

  return {
    async onStep(progress, network) {
      const { step, totalSteps, learningRate, imagesPerSecond, metrics } = progress;
      onProgress?.({ title, done: step, total: totalSteps, unit: 'steps', note: stepNote(progress) });
      events ??= eventWriter({ folder, resumedFrom: step - 1 });
      if (isRecorded(step, totalSteps)) {
        for (const [name, value] of Object.entries({ ...metrics, learningRate, imagesPerSecond })) {
          events.scalar(`train/${name}`, step, value);
        }
      }
      if (!isShown(step, totalSteps)) return;
      last = await attempt(`pictures of step ${step}`, async () => {
        const panel = await draw(network, step / totalSteps);
        await events!.image('panel', step, await panelSheet(panel));
        return panel;
      });
    },
    async finish(network) {
      await attempt('report.html', async () => {
        const content = runReport({
          ...{ folder, name: recipe.name, settings, history: readHistory(folder), data: dataName },
          network: last ?? (await draw(network, 1)),
          schedule: schedulePanel(),
        });
        await writeReport(join(folder, 'report.html'), content);
      });
    },
    close: async () => events?.close(),
  };

  /** Masks at the beginning, half way and at the end, where they differ. */
  function schedulePanel(): Panel | undefined {
    if (!isMaskedImageRecipe(recipe)) return undefined;
    const { keptShare } = recipe;
    const grid = patchGridOfImage({ height: side, width: side, patchSize: recipe.encoder.patchSize });
    const columns = maskColumns(images, {
      ...{ masking: masking!, name: masking!.name, keptShare, grid, moments: [0, 0.5, 1] },
      rng: createRng(seed).split('panel'),
    });
    return columns.length === 1 ? undefined : panelOf(images, columns, 'The same draws at moments of the schedule.');
  }
}

/** Evenly spaced, with the first step and the last. */
function isShown(step: number, totalSteps: number): boolean {
  const momentOf = (moment: number) => 1 + Math.round((moment * (totalSteps - 1)) / (panelMoments - 1));
  return Array.from({ length: panelMoments }, (_, moment) => momentOf(moment)).includes(step);
}

function isRecorded(step: number, totalSteps: number): boolean {
  return step === 1 || step === totalSteps || step % Math.ceil(totalSteps / recordedSteps) === 0;
}
