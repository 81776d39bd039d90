// The three sizes of the reproduction, as one table: what each trains, on how much, for how long.
//
// Scale is the one thing that differs from the paper (ViT-B/8, 224 px, 800 epochs of ImageNet on 16 A100 for 3 days);
// the algorithms, the mask ratio of 0.75, N = 6 parts, lambda = 0.03 and gamma = 2 are the paper's.

export interface Preset {
  /** One line for `--help`. */
  summary: string;
  /** Side of the square images, and of the patches, in pixels. */
  imageSize: number;
  patchSize: number;
  encoder: { width: number; depth: number; heads: number };
  decoder: { width: number; depth: number; heads: number };
  batchSize: number;
  /** Images of the built-in data set in each split. */
  images: { pretrain: number; probeTrain: number; probeTest: number };
  /** Steps of the part encoder, of the part learner, and of each strategy's model, rounded to whole passes over the images. */
  steps: { partEncoder: number; parts: number; pretrain: number };
  /** Models a strategy, each with its own seed. */
  seeds: number;
}

export const presetNames = ['quick', 'demo', 'full'] as const;
export type PresetName = (typeof presetNames)[number];

/** What a minute of two cores can train: 64 patches an image, of which 16 are visible. */
const tinyModel = {
  imageSize: 64,
  patchSize: 8,
  encoder: { width: 96, depth: 3, heads: 3 },
  decoder: { width: 64, depth: 1, heads: 2 },
  batchSize: 32,
};

export const presets: Record<PresetName, Preset> = {
  quick: {
    summary: 'every stage in about a minute; too short for its numbers to mean anything',
    ...tinyModel,
    images: { pretrain: 512, probeTrain: 512, probeTest: 256 },
    steps: { partEncoder: 48, parts: 32, pretrain: 32 },
    seeds: 1,
  },
  demo: {
    summary: 'the default: under ten minutes on two cores, two seeds, first differences between the strategies',
    ...tinyModel,
    images: { pretrain: 2048, probeTrain: 1536, probeTest: 768 },
    steps: { partEncoder: 1024, parts: 320, pretrain: 768 },
    seeds: 2,
  },
  full: {
    summary:
      'about half an hour on two cores, three seeds: long enough for the order of the strategies to mean something',
    ...tinyModel,
    images: { pretrain: 4096, probeTrain: 2048, probeTest: 2048 },
    steps: { partEncoder: 3840, parts: 1536, pretrain: 2048 },
    seeds: 3,
  },
};

/** Fraction of patches hidden from the encoder (MAE and SemMAE: 0.75). */
export const maskRatio = 0.75;
/** Parts per image (SemMAE §4.1: 6, the heads of ViT-S). */
export const partCount = 6;
