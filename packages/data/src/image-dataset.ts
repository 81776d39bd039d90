// What every data set of this package is: a list of images in one form, some with a class label and a part map.

import type { ImageForm } from './image-form';
import type { PatchParts } from './part-shards/part-shard';
import type { ImageSample } from './sources/image-source';
import type { LeftOut } from './sources/left-out';
import type { UnreadableImage } from './unreadable-image';

/** One decoded image. Arrays may be shared with a cache: read them, never write into them. */
export interface LabeledImage {
  /** Stable name within the data set, a file path or `split/index`. */
  id: string;
  height: number;
  width: number;
  /** 3 for RGB, unless the form of the data set says otherwise. */
  channels: number;
  /** On the scale 0..255, row-major [H, W, channels]; floats where files have more than 8 bits. */
  pixels: Uint8Array | Float32Array;
  /** Index into `classNames`. */
  label?: number;
  /** Part id of every pixel, row-major [H, W]; 0 is background, id `p` is `partNames[p - 1]`. */
  parts?: Uint8Array | Uint16Array;
  /** Id in `parts` of pixels without a label: they are no part and no background. Default: none is. */
  ignoreLabel?: number | undefined;
  /** Learned part maps on a grid of patches, from a shard (`withPartMaps`). */
  patchParts?: PatchParts;
}

export interface ImageDataset {
  readonly name: string;
  /** Number of images, those that prove unreadable included. */
  readonly length: number;
  readonly classNames?: readonly string[];
  /** Names of the part ids 1..P; background (0) has none. */
  readonly partNames?: readonly string[];
  /** What was found and is not used; grows while images are read. */
  readonly leftOut: LeftOut;
  readonly form: ImageForm;
  /** Index of the first image of each shard, where images lie in shards: reading in their order is sequential. */
  readonly shardStarts?: ArrayLike<number>;
  /**
   * The image at `index` in 0..length-1, always the same for the same index. Throws UnreadableImage where the file is damaged,
   * and a SemmaeError where the policy for those says that it is enough.
   */
  get(index: number): Promise<LabeledImage>;
  /** The `id` of the image at `index`, without reading it. */
  idAt(index: number): string;
  /** The label without reading the image, where the source knows it. */
  labelAt?(index: number): number | undefined;
  /** The image as its source has it, undecoded. */
  sample(index: number): Promise<ImageSample>;
  /** SHA-256 of the image's content in 64 hexadecimal digits: of the bytes of its file, or of its pixels where none exists. */
  fingerprint(index: number): Promise<string>;
  /** Counts an image that was decoded elsewhere and proved unreadable, or throws what the policy says; `get` does so itself. */
  leaveOut(image: UnreadableImage): void;
}
