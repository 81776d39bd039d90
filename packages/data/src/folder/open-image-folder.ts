// A folder of image files as a data set.

import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';

import { assertFraming, assertInteger, type Framing, type ImageSize, SemmaeError } from '@semmae/core';

import { assertIndex } from '../assert-index';
import { contentFingerprint } from '../content-fingerprint';
import { imageCache } from '../image-cache';
import type { ImageDataset, LabeledImage, SkippedFile } from '../image-dataset';
import { decodeImage } from './decode-image';
import { decodePartMap } from './decode-part-map';
import { forEachConcurrently } from './for-each-concurrently';
import { type ListedImage, listImages } from './list-images';

export interface OpenImageFolderOptions {
  /** Holds images, or one sub-folder of images per class, or `images` and `masks` folders. */
  root: string;
  /** Size of every image of the data set in pixels. */
  height: number;
  width: number;
  /** How files come to that size. Default: resized to cover it, bicubic by libvips, and cropped around the center. */
  framing?: Framing;
  /** Folder of part-map PNGs with the images' names; gray value = part id. Default `root/masks` beside `root/images`. */
  masks?: string;
  /** Names of the part ids 1..P in the part maps. */
  partNames?: readonly string[];
  /** Decoded images are kept in memory up to this many bytes, then decoded on each use. Default 1 GiB. */
  cacheBytes?: number;
  /** Files decoded at a time. Default the number of cores. */
  concurrency?: number;
  /** Called after each file is checked. */
  onProgress?(progress: { done: number; total: number; skipped: number }): void;
}

/**
 * Opens a folder and decodes every file once, so that unreadable ones are known before training starts: they are left out
 * and named in `skipped`. Images are turned upright, converted to sRGB, and brought to size around their center.
 *
 * Images without a part map of the same name have no `parts`. Throws a SemmaeError when the folder is missing, holds no
 * readable image, or a part map has another size than its image.
 */
export async function openImageFolder(options: OpenImageFolderOptions): Promise<ImageDataset> {
  const { root, height, width, framing, masks, partNames } = options;
  const { cacheBytes = 2 ** 30, concurrency = availableParallelism() } = options;
  assertInteger('openImageFolder', 'height', height);
  assertInteger('openImageFolder', 'width', width);
  assertInteger('openImageFolder', 'concurrency', concurrency);
  if (framing !== undefined) assertFraming('openImageFolder', framing);
  const target = { height, width };
  const { images, classNames } = await listImages(root, masks);
  const cache = imageCache({ budgetBytes: cacheBytes });
  const read = (position: number) => cache.fetch(position, () => readImage(images[position]!, target, framing));

  const reasons = await findUnreadable({ count: images.length, concurrency, read, onProgress: options.onProgress });
  const skipped = images.flatMap(({ path }, position) => {
    const reason = reasons.get(position);
    return reason === undefined ? [] : [{ path, reason }];
  });
  const readable = images.flatMap((_, position) => (reasons.has(position) ? [] : [position]));
  if (readable.length === 0) throw nothingReadable(root, skipped);

  const imageAt = (index: number) => {
    assertIndex('openImageFolder', index, readable.length);
    return images[readable[index]!]!;
  };
  return {
    name: basename(resolve(root)),
    length: readable.length,
    classNames,
    partNames,
    skipped,
    framing,
    async get(index) {
      assertIndex('openImageFolder', index, readable.length);
      return read(readable[index]!);
    },
    idAt: (index) => imageAt(index).stem,
    fingerprint: async (index) => contentFingerprint(await readFile(imageAt(index).path)),
  };
}

interface Check {
  count: number;
  concurrency: number;
  read(position: number): Promise<LabeledImage>;
  onProgress: OpenImageFolderOptions['onProgress'];
}

/** Reads every file and returns, by position, why files failed. Throws only where a part map contradicts its image. */
async function findUnreadable({ count, concurrency, read, onProgress }: Check): Promise<Map<number, string>> {
  const reasons = new Map<number, string>();
  let done = 0;
  await forEachConcurrently(count, concurrency, async (position) => {
    try {
      await read(position);
    } catch (error) {
      if (SemmaeError.isInstance(error)) throw error;
      reasons.set(position, firstLine(error));
    }
    done++;
    onProgress?.({ done, total: count, skipped: reasons.size });
  });
  return reasons;
}

async function readImage(
  { path, stem, label, maskPath }: ListedImage,
  target: ImageSize,
  framing: Framing | undefined,
): Promise<LabeledImage> {
  const { pixels, source } = await decodeImage(path, target, framing);
  const files = maskPath === undefined ? undefined : { imagePath: path, maskPath };
  const parts = files && (await decodePartMap(files, source, target, framing));
  return { id: stem, ...target, pixels, label, parts };
}

function nothingReadable(root: string, skipped: readonly SkippedFile[]): SemmaeError {
  const { path, reason } = skipped[0]!;
  return new SemmaeError({
    where: 'openImageFolder',
    requirement: `${root} must hold at least one readable image`,
    got: `${skipped.length} unreadable, the first ${path} (${reason})`,
  });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}
