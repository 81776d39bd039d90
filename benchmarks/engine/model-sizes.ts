// The models that the engine benchmarks train. benchmarks/peers/mae_case.py holds the same table; equal parameter counts prove it.

export const modelNames = ['tiny', 'small', 'base'] as const;
export type ModelName = (typeof modelNames)[number];

export interface ModelSize {
  /** Side of the image in pixels. */
  image: number;
  /** Side of a patch in pixels. */
  patch: number;
  encoder: { width: number; depth: number; heads: number };
  decoder: { width: number; depth: number; heads: number };
  /** Images a step. */
  batch: number;
  /** Steps before the timed ones, in each process. */
  warmUp: number;
  /** Timed steps in each process. */
  steps: number;
}

/** `small` trains in minutes on two cores; `base` is ViT-B/16 with MAE's decoder (Table 1); `tiny` is for counting memory. */
export const modelSizes: Record<ModelName, ModelSize> = {
  tiny: {
    image: 32,
    patch: 8,
    encoder: { width: 64, depth: 2, heads: 2 },
    decoder: { width: 32, depth: 1, heads: 2 },
    batch: 4,
    warmUp: 3,
    steps: 20,
  },
  small: {
    image: 64,
    patch: 8,
    encoder: { width: 192, depth: 6, heads: 3 },
    decoder: { width: 192, depth: 2, heads: 3 },
    batch: 64,
    warmUp: 4,
    steps: 20,
  },
  base: {
    image: 224,
    patch: 16,
    encoder: { width: 768, depth: 12, heads: 12 },
    decoder: { width: 512, depth: 8, heads: 16 },
    batch: 8,
    warmUp: 3,
    steps: 5,
  },
};

/** MAE §4.1. */
export const maskRatio = 0.75;
