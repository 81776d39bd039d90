// What the report is made of, once all stages are done.

import type { LabeledImage } from '@semmae/data';
import type { PredictedParts } from '@semmae/pipeline';
import type { Picture } from '@semmae/report';
import type { StepRecord } from '@semmae/train';

import type { ReproImages } from '../images';
import type { ReproOptions } from '../options';
import type { Preset } from '../presets';
import type { Results } from '../results';
import type { StrategyName } from '../strategies';

export interface TrainedModelRecord {
  strategy: StrategyName;
  seed: number;
  history: readonly StepRecord[];
  /** Examples redrawn by this model; of the first seed only. */
  reconstructions: readonly Picture[];
}

export interface ReportInput {
  options: ReproOptions;
  preset: Preset;
  images: ReproImages;
  results: Results;
  /** What computed: "ONNX Runtime, cpu provider". */
  backend: string;
  /** Held-out images. */
  examples: readonly LabeledImage[];
  /** What was learned about each example. */
  exampleParts: readonly PredictedParts[];
  partHistory: readonly StepRecord[];
  models: readonly TrainedModelRecord[];
}
