// A user's module: what the threads of the tests import.

import { threadId } from 'node:worker_threads';

import { blockMasking, ibotMasking, semanticMasking } from '../../..';
import type { MaskingStrategy } from '../../../masking-strategy';

export default blockMasking({ maskRatio: 0.6, minimumBlock: 6 });
export const semantic = semanticMasking({ maskRatio: 0.6 });
export const varying = ibotMasking();
export const notAStrategy = { name: 'blocks' };

const strategy = (name: string, sample: MaskingStrategy['sample']): MaskingStrategy => ({
  name,
  guidance: 'none',
  sample,
});

/** Hides the first patches, as many as the number of its thread. */
export const threadNumber = strategy('thread number', ({ grid: { patchCount } }) => {
  const patches = Int32Array.from({ length: patchCount }, (_, patch) => patch);
  return { patchCount, masked: patches.subarray(0, threadId), visible: patches.subarray(threadId) };
});

export const ending = strategy('ending', () => process.exit(7));

export const endless = strategy('endless', () => {
  for (;;);
});
