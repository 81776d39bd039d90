// A source as a data set: images are decoded when they are asked for, by any decoder.

import { assertFraming, assertInteger, SemmaeError } from '@semmae/core';

import { assertIndex } from './assert-index';
import { contentFingerprint } from './content-fingerprint';
import { imageCache } from './image-cache';
import type { ImageDataset, LabeledImage } from './image-dataset';
import type { ImageForm } from './image-form';
import { assertLabelRules } from './labels/label-rules';
import { assertPixelRules } from './pixels/pixel-rules';
import type { ImageSample, ImageSource } from './sources/image-source';
import { leftOut as noneLeftOut } from './sources/left-out';
import { unreadableImage } from './unreadable-image';
import { type UnreadablePolicy, unreadableCounter } from './unreadable-policy';

export interface ImageDatasetOptions extends UnreadablePolicy {
  /** Decoded images are kept in memory up to this many bytes, then decoded on each use. Default 1 GiB. */
  cacheBytes?: number | undefined;
}

/** Decodes a sample into a form; throws a SemmaeError where the settings are at fault and other errors where the file is. */
export type DecodeSample = (
  sample: ImageSample,
  form: ImageForm,
) => Promise<Pick<LabeledImage, 'height' | 'width' | 'channels' | 'pixels' | 'parts' | 'ignoreLabel'>>;

export function decodingDataset(
  source: ImageSource,
  form: ImageForm,
  decode: DecodeSample,
  { cacheBytes = 2 ** 30, ...policy }: ImageDatasetOptions = {},
): ImageDataset {
  assertForm(form);
  const { name, length, classNames, partNames, shardStarts, leftOut = noneLeftOut() } = source;
  const cache = imageCache<LabeledImage>({ budgetBytes: cacheBytes });
  const leaveOut = unreadableCounter(policy, { name, length, leftOut });

  async function attempt<T>(index: number, work: () => Promise<T>): Promise<T> {
    assertIndex(name, index, length);
    try {
      return await work();
    } catch (error) {
      if (SemmaeError.isInstance(error)) throw error;
      const unreadable = unreadableImage(source.idAt(index), error);
      leaveOut(unreadable);
      throw unreadable;
    }
  }
  async function read(index: number): Promise<LabeledImage> {
    const found = await source.read(index);
    const decoded = await decode(found, form);
    return { id: source.idAt(index), ...decoded, label: found.label ?? source.labelAt?.(index) };
  }
  return {
    ...{ name, length, classNames, partNames, shardStarts, leftOut, form, leaveOut },
    sample: (index) => attempt(index, () => source.read(index)),
    get: (index) => attempt(index, () => cache.fetch(index, () => read(index))),
    idAt: (index) => source.idAt(index),
    labelAt: source.labelAt && ((index) => source.labelAt!(index)),
    fingerprint: (index) => attempt(index, async () => contentFingerprint(bytesOf(await source.read(index)))),
  };
}

function assertForm({ imageSize, framing, pixels, labels }: ImageForm): void {
  if (pixels !== undefined) assertPixelRules('imageDataset', pixels);
  if (labels) assertLabelRules('imageDataset', labels);
  if (imageSize !== undefined) {
    assertInteger('imageDataset', 'height', imageSize.height);
    assertInteger('imageDataset', 'width', imageSize.width);
  }
  if (framing === undefined) return;
  assertFraming('imageDataset', framing);
  if (imageSize !== undefined) return;
  throw new SemmaeError({
    where: 'imageDataset',
    requirement: 'framing needs an imageSize to bring images to',
    got: 'none',
  });
}

function bytesOf({ image }: ImageSample): Uint8Array {
  if (image instanceof Uint8Array) return image;
  const { buffer, byteOffset, byteLength } = image.pixels;
  return new Uint8Array(buffer, byteOffset, byteLength);
}
