// What a masking thread is given when it starts, what it is asked and what it answers.

import type { MaskBatch } from '../../mask-batch';
import type { MaskRequest } from '../mask-request';
import type { MaskSamplerOptions } from '../mask-sampler';

/** The strategy and how to sample it. */
export interface ThreadSettings extends MaskSamplerOptions {
  /** URL of the module. */
  module: string;
  exportName: string;
}

export interface ThreadQuestion {
  id: number;
  request: MaskRequest;
}

/** `error` is one line. */
export type ThreadAnswer = { id: number; masks: MaskBatch } | { id: number; error: string };

/** The buffers of all typed arrays that `values` hold themselves, each once: what a message hands over instead of copying. */
export function buffersOf(values: readonly object[]): ArrayBuffer[] {
  const arrays = values.flatMap((value) => Object.values(value)).filter((value) => ArrayBuffer.isView(value));
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))];
}
