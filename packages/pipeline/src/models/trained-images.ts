// Which images a model was trained on, short enough for its file: so that nobody scores it on them unawares.

import { createHash } from 'node:crypto';

import { SemmaeError } from '@semmae/core';
import type { ImageDataset } from '@semmae/data';

/** Of an image's name; two names of 100,000 share it once in some 50,000 data sets. */
const bytesPerImage = 6;
const mostImages = 100_000;

/** What provenances say of the images behind a model. */
export interface TrainingImages {
  /** Name of the data set. */
  data: string;
  /** Hashes of the names of the images, 6 bytes each as base64; left out beyond 100,000 images. */
  trainedImages?: string;
}

/** The record of `data`, and of the images of the same data set that an earlier model brought along. */
export function trainedImagesOf(data: ImageDataset, before?: TrainingImages): string | undefined {
  if (data.length > mostImages) return undefined;
  const known = before?.data === data.name ? hashesIn(before) : [];
  const hashes = new Set([...known, ...namesOf(data)]);
  if (hashes.size > mostImages) return undefined;
  return Buffer.from([...hashes].sort().join(''), 'hex').toString('base64');
}

/**
 * Throws a SemmaeError when the model was trained on images of `data`. Files that do not say what they were trained on pass, and so
 * do images of a data set by another name.
 */
export function assertUnseen(
  where: string,
  model: string,
  provenance: TrainingImages | undefined,
  data: ImageDataset,
): void {
  const seen = provenance === undefined ? 0 : seenImages(provenance, data).filter((wasSeen) => wasSeen === true).length;
  if (seen === 0) return;
  throw new SemmaeError({
    where,
    requirement: `the images must not be those that the ${model} was trained on`,
    got: `${seen} such images of ${data.length}`,
    remedy: 'pass the `heldOut` that it was trained with',
  });
}

/**
 * Whether the model was trained on each image of `data`; undefined where its file does not say. Images of a data set by another name
 * count as unseen.
 */
export function seenImages(provenance: TrainingImages, data: ImageDataset): (boolean | undefined)[] {
  const { data: name, trainedImages } = provenance;
  if (name !== data.name) return new Array(data.length).fill(false);
  if (trainedImages === undefined) return new Array(data.length).fill(undefined);
  const trained = new Set(hashesIn(provenance));
  return namesOf(data).map((hash) => trained.has(hash));
}

function namesOf(data: ImageDataset): string[] {
  return Array.from({ length: data.length }, (_, index) =>
    createHash('sha256')
      .update(data.idAt(index))
      .digest('hex')
      .slice(0, 2 * bytesPerImage),
  );
}

function hashesIn({ trainedImages = '' }: TrainingImages): string[] {
  return Buffer.from(trainedImages, 'base64').toString('hex').match(/.{12}/g) ?? [];
}
