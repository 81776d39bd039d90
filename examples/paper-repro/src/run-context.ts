// What every stage of a run shares.

import type { SelectedBackend } from '@semmae/pipeline';
import type { ImageSet } from './image-set';
import type { Preset } from './presets';
import type { RunFolder } from './run-folder';
import type { BothWays } from './samples';

export interface RunContext {
  preset: Preset;
  images: ImageSet;
  /** Normalized pixels of `images.pretrain`. */
  prepared: readonly BothWays<Float32Array>[];
  /** Normalized pixels of the images that no model is pre-trained on, as they stand. */
  evaluation: { probeTrain: readonly Float32Array[]; test: readonly Float32Array[] };
  folder: RunFolder;
  backend: SelectedBackend;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}
