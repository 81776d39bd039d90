// What the report is made of, once all stages are done.

import type { Picture } from '@semmae/report';
import type { StepRecord } from '@semmae/train';

import type { ReproOptions } from '../options';
import type { Results } from '../results';
import type { RunContext } from '../run-context';
import type { LearnedImageParts } from '../stages/draw-part-maps';
import type { StrategyName } from '../strategies';

export interface TrainedModelRecord {
  strategy: StrategyName;
  seed: number;
  history: readonly StepRecord[];
  /** Wall time of pre-training. */
  seconds: number;
  /** Examples redrawn by this model under its own masks; of the first seed only. */
  reconstructions: readonly Picture[];
}

export interface ReportInput {
  options: ReproOptions;
  context: RunContext;
  results: Results;
  /** Indices into `context.images.test`. */
  examples: readonly number[];
  /** What was learned about each example. */
  exampleParts: readonly LearnedImageParts[];
  partHistory: readonly StepRecord[];
  models: readonly TrainedModelRecord[];
}
