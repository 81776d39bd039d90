// Masks from worker threads of Node, the same as `withMasks` gives.

export { type MaskingWorkers, type MaskingWorkersOptions, maskingWorkers } from './masking-workers';
