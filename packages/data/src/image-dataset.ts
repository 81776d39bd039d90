// What every data set of this package is: a list of equally large images, some with a class label and a part map.

import type { Framing } from '@semmae/core';

import type { PatchParts } from './part-shards/part-shard';

/** One decoded image. Arrays may be shared with a cache: read them, never write into them. */
export interface LabeledImage {
  /** Stable name within the data set, a file path or `split/index`. */
  id: string;
  height: number;
  width: number;
  /** RGB in 0..255, row-major [H, W, 3]. */
  pixels: Uint8Array;
  /** Index into `classNames`. */
  label?: number;
  /** Part id of every pixel, row-major [H, W]; 0 is background, id `p` is `partNames[p - 1]`. */
  parts?: Uint8Array;
  /** Learned part maps on a grid of patches, from a shard (`withPartMaps`). */
  patchParts?: PatchParts;
}

/** A file that could not be used, and why. */
export interface SkippedFile {
  path: string;
  reason: string;
}

export interface ImageDataset {
  readonly name: string;
  /** Number of readable images. */
  readonly length: number;
  readonly classNames?: readonly string[];
  /** Names of the part ids 1..P; background (0) has none. */
  readonly partNames?: readonly string[];
  readonly skipped: readonly SkippedFile[];
  /** How files came to the size of the images, where they were not resized to cover it. */
  readonly framing?: Framing;
  /** The image at `index` in 0..length-1, always the same for the same index. */
  get(index: number): Promise<LabeledImage>;
  /** The `id` of the image at `index`, without reading it. */
  idAt(index: number): string;
  /** SHA-256 of the image's content in 64 hexadecimal digits: of the bytes of its file, or of its pixels where none exists. */
  fingerprint(index: number): Promise<string>;
}
