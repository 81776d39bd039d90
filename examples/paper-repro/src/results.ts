// What a run finds out: the content of results.json, and of the files of its stages.

import type { Guide, StrategyName } from './strategies';

/** One pre-trained model. Accuracies are fractions; null where the images have no class labels. */
export interface ProbeResult {
  strategy: StrategyName;
  seed: number;
  /** Linear probe on class token and mean patch token. */
  linear: number | null;
  /** 20 nearest neighbors by the same features. */
  knn: number | null;
  /** Pre-training throughput, compilation left out. */
  imagesPerSecond: number;
  /** Wall time of pre-training. */
  seconds: number;
}

/** Parts of one origin against the true ones, on held-out images. */
export interface GuideScores {
  guide: Guide;
  fgNmi: number | null;
  fgAri: number | null;
  nmi: number;
  ari: number;
}

export interface Results {
  /** Empty where images have no part labels. */
  parts: GuideScores[];
  probe: ProbeResult[];
  /** Linear probe on pixels, no model: the floor; null where the images have no class labels. */
  pixelsBaseline: number | null;
  /** Linear probe of each seed's initial weights, before any training; null likewise. */
  untrainedBaseline: number[] | null;
  /** Share of the test images in the largest class; null likewise. */
  majority: number | null;
  /** Wall time of the run, earlier sessions of a resumed run included. */
  seconds: number;
  versions: Record<string, string>;
}
