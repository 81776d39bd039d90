// The linear scaling rule between batch size and learning rate.

/**
 * Rates are quoted for batches of 256 and grow with the batch: MAE pre-trains with 1.5e-4, hence 2.4e-3 at batch 4096.
 *
 * Reference: Goyal et al., "Accurate, Large Minibatch SGD", https://arxiv.org/abs/1706.02677; MAE Table 8
 */
export function scaledLearningRate(learningRatePer256: number, batchSize: number): number {
  return (learningRatePer256 * batchSize) / 256;
}
