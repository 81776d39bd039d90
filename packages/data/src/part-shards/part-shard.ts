// What a part-map shard is: the part of every patch of many images, with the settings that they were computed with.

import type { Framing, PatchGrid } from '@semmae/core';

import type { PixelRules } from '../pixels/pixel-rules';

/** How the maps of a shard came about. All of it is stored with them. */
export interface PartShardSettings {
  /** Patches of every map, laid over the whole image. */
  grid: { readonly rows: number; readonly columns: number };
  /** Part ids are 1..partCount, at most 255; 0 is background. */
  partCount: number;
  /** Whether id 0 occurs. */
  hasBackground: boolean;
  /** The encoder whose features were used: its name, and a hash of its weights. */
  encoder: { readonly id: string; readonly hash: string };
  /** How the parts were found, such as 'k-means, seed 0', or 'learned' and a hash of what was learned. */
  method?: string;
  /** What the attention maps sum to 1 over. */
  softmaxAxis: 'positions' | 'parts' | 'unknown';
  /** How files became images, such as 'cover, center crop'. */
  cropPolicy: string;
  /** The same for programs, where files were not resized to cover `imageSize`; `ImageForm`. */
  framing?: Framing;
  /** What pixels of files became, where that is not RGB; `ImageForm`. */
  pixels?: Pick<PixelRules, 'channels' | 'bands' | 'valueRange'>;
  /** Blur of the maps before the argmax, such as 'none' or 'gaussian 7'. */
  blur: string;
  /** Rule that tells background from parts, such as 'otsu' or 'none'. */
  background: string;
  /** Size of the images in pixels. */
  imageSize: { readonly height: number; readonly width: number };
  /** How foreground scores are stored. 'uint8' keeps 256 steps of 0..scoreLimit. */
  scores: 'float16' | 'uint8' | 'none';
  /** Largest score that 'uint8' can hold; higher ones are cut. */
  scoreLimit?: number;
}

/** Part maps of one image on a grid of patches. */
export interface PatchParts {
  readonly grid: PatchGrid;
  /** Part id of every patch, [N]; 0 is background. */
  readonly labels: Uint8Array;
  /** Foreground score of every patch, [N]; higher is more surely foreground. */
  readonly scores?: Float32Array;
}

/** A finished shard, open for reading: only its settings and names are in memory. */
export interface PartShard {
  readonly path: string;
  readonly settings: Readonly<PartShardSettings>;
  readonly grid: PatchGrid;
  /** Names of the images, in the order of their maps. */
  readonly ids: readonly string[];
  /** Where the image's maps lie; undefined if they are not in the shard. */
  indexOf(id: string): number | undefined;
  /** SHA-256 of the image that the map was computed from; undefined if it was not known. */
  fingerprintAt(index: number): string | undefined;
  /** The maps at `index`. Arrays are shared with a cache: read them, never write into them. */
  read(index: number): Promise<PatchParts>;
  readSync(index: number): PatchParts;
  close(): void;
}
