// The settings of a pre-training against learned masks (ADIOS) as one record.

export interface AdversarialRecipe {
  readonly name: string;
  readonly encoder: {
    readonly patchSize: number;
    readonly width: number;
    readonly depth: number;
    readonly heads: number;
  };
  /** What makes two views alike. */
  readonly siamese: 'simclr' | 'simsiam' | 'byol';
  /** Of the projection of an image. */
  readonly embedding: { readonly hiddenWidth: number; readonly width: number };
  /** The network that draws the masks: how many, and the channels of its first stage. */
  readonly masks: { readonly count: number; readonly baseWidth: number; readonly penaltyWeight: number };
  /** Two crops of each image. */
  readonly views: { readonly size: number; readonly scale: readonly [least: number, most: number] };
  readonly epochs: number;
  readonly batchSize: number;
  /** Per batch of 256. */
  readonly learningRate: number;
  readonly warmupEpochs: number;
  readonly weightDecay: number;
}

/**
 * For hundreds of photographs on two cores. Masks, penalty and rates as in https://arxiv.org/abs/2201.13100, which trains a
 * ResNet-18 or a ViT-T; the encoder is that of the other small recipes at smaller views, since each step encodes every view under
 * every mask.
 */
export const adversarialSmall: AdversarialRecipe = {
  name: 'adios-small',
  encoder: { patchSize: 8, width: 192, depth: 6, heads: 6 },
  siamese: 'simclr',
  embedding: { hiddenWidth: 256, width: 128 },
  masks: { count: 4, baseWidth: 16, penaltyWeight: 1 },
  views: { size: 64, scale: [0.4, 1] },
  epochs: 100,
  batchSize: 16,
  learningRate: 1.6e-2, // 1e-3 at batch 16
  warmupEpochs: 5,
  weightDecay: 0.05,
};
