// What a run finds out: the content of results.json, and of the files of its stages.

import type { PartScores } from '@semmae/parts';

import type { StrategyName } from './strategies';

/** One pre-trained model. Accuracies are fractions; null where the images have no class labels. */
export interface ProbeResult {
  strategy: StrategyName;
  seed: number;
  /** Linear probe on the class token. */
  linear: number | null;
  /** k nearest neighbors of the class token. */
  knn: number | null;
  /** Linear probe on pixels, no model: the floor. */
  pixelsBaseline: number | null;
  /** Pre-training throughput, compilation left out. */
  imagesPerSecond: number;
}

export interface Results {
  /** Learned parts against ground truth on held-out images; null where there is none. */
  parts: PartScores | null;
  probe: ProbeResult[];
  /** Wall time of the run, earlier sessions of a resumed run included. */
  seconds: number;
  versions: Record<string, string>;
}
