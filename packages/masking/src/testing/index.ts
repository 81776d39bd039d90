// The contract suite of masking strategies, for vitest.

export { type BatchMaskingContractOptions, describeBatchMaskingStrategy } from './describe-batch-masking-strategy';
export { describeMaskingStrategy, type MaskingContractOptions } from './describe-masking-strategy';
