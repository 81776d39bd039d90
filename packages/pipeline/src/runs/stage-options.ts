// What every stage takes, and what it says while it works.

import type { ImageDataset } from '@semmae/data';
import type { Compile } from '@semmae/train';

export interface StageReport {
  /** What is being done, a line of its own: "Encoding images". */
  title: string;
  done: number;
  total: number;
  /** What is counted: "images", "steps". */
  unit: string;
  /** Short, such as the loss. */
  note?: string;
}

/** A run folder or file that is there already: an error, to be there and to be continued, or continued if it is there. */
export type ResumePolicy = 'refuse' | 'require' | 'if-there';

export interface StageOptions {
  /** Aborting finishes the step or batch, saves, and throws `Interrupted`. */
  signal?: AbortSignal;
  onProgress?: (report: StageReport) => void;
  /** Told in one line what was left out, shortened or passed over. */
  onWarning?: (message: string) => void;
  /** Told in one line what was found, such as whose weights a file holds. */
  onNote?: (message: string) => void;
  /** Told of each data set that is opened. Its `leftOut` grows while the stage reads. */
  onData?: (data: ImageDataset) => void;
  /** `compile` of the backend. Default: every step runs as it is. */
  compile?: Compile;
}
