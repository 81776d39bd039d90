// The contract suite of masking strategies, for vitest.

export { describeMaskingStrategy, type MaskingContractOptions } from './describe-masking-strategy';
