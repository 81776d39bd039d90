// Where images come from: files, archives, tables or memory. Nothing is decoded here.

import type { LeftOut } from './left-out';

/** Images somewhere, undecoded. A source of one's own is these few members. */
export interface ImageSource {
  readonly name: string;
  /** Number of images, unreadable ones included: those are found when they are read. */
  readonly length: number;
  readonly classNames?: readonly string[];
  /** Names of the part ids 1..P; background (0) has none. */
  readonly partNames?: readonly string[];
  /** What opening the source found and did not take. */
  readonly leftOut?: LeftOut;
  /** Index of the first image of each shard, where images lie in shards: reading in their order is sequential. */
  readonly shardStarts?: ArrayLike<number>;
  /** A name that is unique within the source and stays: the path below the root without extension, the key in a shard. */
  idAt(index: number): string;
  /** The label of an image without reading it; left out where only reading tells. */
  labelAt?(index: number): number | undefined;
  /** The image at `index` in 0..length-1, in any order and several at a time. */
  read(index: number): Promise<ImageSample>;
  /** Closes files and connections. */
  close?(): void;
}

/** One undecoded image with what is known about it. */
export interface ImageSample {
  /** The bytes of an image file, or pixels. */
  image: Uint8Array | RawImage;
  /** The bytes of a label file, or part ids, of the size of the image. */
  mask?: Uint8Array | RawLabels;
  /** Index into `classNames`. */
  label?: number;
  /** File names, for messages. */
  names?: { image?: string; mask?: string };
}

export interface RawImage {
  height: number;
  width: number;
  channels: number;
  /** [H, W, channels] */
  pixels: Uint8Array | Uint16Array | Float32Array;
}

export interface RawLabels {
  height: number;
  width: number;
  /** [H, W]; 0 is background. */
  ids: Uint8Array | Uint16Array;
}
