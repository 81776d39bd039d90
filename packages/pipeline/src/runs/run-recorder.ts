// What a pre-training shows while it runs.

import type { TrainProgress } from '@semmae/train';

import type { PretrainRecipe } from '../recipes/pretrain-recipe';
import type { TrainedNetwork } from '../stages/training-run';
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
  onStep(progress: TrainProgress): void;
  /** The run is done: what was trained, for pictures and the report. */
  finish(trained: Pick<TrainedNetwork, 'encoder' | 'decoder'>): Promise<void>;
  /** The run was interrupted. */
  close(): void;
}

export interface RecordRunOptions extends Pick<StageOptions, 'onProgress'> {
  folder: string;
  recipe: PretrainRecipe;
}

export function recordRun({ recipe, onProgress }: RecordRunOptions): RunRecorder {
  const title = `Pre-training, ${recipe.name}`;
  return {
    onStep(progress) {
      const { step, totalSteps } = progress;
      onProgress?.({ title, done: step, total: totalSteps, unit: 'steps', note: stepNote(progress) });
    },
    async finish() {},
    close() {},
  };
}
