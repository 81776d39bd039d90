// What the batches of every method have in common: they are made ahead by a loader, which ends with them.

import type { ViewLoader, ViewLoaderOptions } from '@semmae/data';

export interface LoadingOptions extends Pick<ViewLoaderOptions, 'onWarning'> {
  /** Threads that decode images and draw views. 0: the main thread does. Default: that of `viewLoader`. */
  workers?: number | undefined;
}

export interface Batches<Batch> extends Pick<ViewLoader, 'waitedSeconds' | 'close'> {
  /** A pure function of both. */
  batch(epoch: number, batchInEpoch: number): Promise<Batch>;
}
