// Masks inside a pipeline of batches, the same whatever the order. `@semmae/masking/workers` does it in threads.

export type { BatchDescription, MaskRequest } from './mask-request';
export { type MaskSampler, type MaskSamplerOptions, maskSampler } from './mask-sampler';
export { type WithMasksOptions, withMasks } from './with-masks';
