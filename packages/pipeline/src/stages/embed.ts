// One feature vector for every image of a data set, in one file.

import { existsSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { assertInteger } from '@semmae/core';
import { orUnwritable } from '@semmae/core/files';
import type { ImageDataset } from '@semmae/data';

import { type AllImagesOptions, openData } from '../batches/open-data';
import { featureFormat, readFeatureRecord, writeFeatureFile } from '../features/feature-file';
import { imageBatches, imagesOf } from '../features/image-batches';
import { type PooledExtractor, type PooledExtractorOptions, pooledExtractor } from '../features/pooled-extractor';
import { openUnfinishedFeatures } from '../features/unfinished-features';
import { dataRecord } from '../runs/data-record';
import { assertFree, assertMadeWith } from '../runs/finished-file';
import { enterRunFolder, makeWritable } from '../runs/run-folder';
import { lockRun } from '../runs/run-lock';
import type { ResumePolicy, StageOptions } from '../runs/stage-options';

export interface EmbedOptions extends StageOptions, PooledExtractorOptions, AllImagesOptions {
  /** The file to write; its extension is its format: `.npy`, `.csv`, `.jsonl` or `.safetensors`. */
  out: string;
  /** Images that are encoded at a time. Default 16. */
  batchSize?: number;
  /** Default 'if-there'. */
  resume?: ResumePolicy;
}

export interface EmbeddedImages {
  path: string;
  /** Images in the file. */
  count: number;
  /** Values of an image. */
  width: number;
  /** Images encoded by this call. */
  encoded: number;
  imagesPerSecond: number;
}

/**
 * Writes the features of every image that can be read, batch by batch, to `<out>.partial`; the file appears when it is complete. An interrupted call
 * goes on after the last whole batch, and its file is that of a call without interruption. Float32 throughout; text holds the digits
 * that give the same float32.
 *
 * `.npy`: [n, D]. `.safetensors`: `features` [n, D], `labels` [n] (-1 where an image has none), names of files and classes as JSON in
 * the metadata. `.csv`: `file`, `label` where there are any, `f0` … in a line an image. `.jsonl`: `file`, `label`, `features`. The file
 * `<out>.json` beside it says which model, data and settings it is from; for `.npy` also, row by row, names and labels.
 */
export async function embed(options: EmbedOptions): Promise<EmbeddedImages> {
  const { batchSize = 16, resume = 'if-there' } = options;
  assertInteger('embed', '`batchSize`', batchSize);
  const path = resolve(options.out);
  featureFormat(path); // before images are decoded
  assertFree(path, resume);
  const extractor = await pooledExtractor(options);
  try {
    const { model, width, pooling, geometry } = extractor;
    const { all: data } = await openData(options, { ...geometry, labels: false }, options);
    const settings = {
      ...{ model: { id: model.id, hash: model.hash }, data: dataRecord(data), pooling },
      ...{ imageSize: geometry.imageSize, framing: geometry.framing, statistics: geometry.statistics, batchSize },
    };
    let [count, encoded, imagesPerSecond] = [0, 0, Number.NaN];
    if (existsSync(path)) {
      const record = readFeatureRecord(path);
      assertMadeWith(path, settings, record);
      count = (record as { count: number }).count;
    } else {
      makeWritable(dirname(path));
      const lock = lockRun(`${path}.lock`);
      try {
        const folder = enterRunFolder({ folder: `${path}.partial`, settings, resume });
        ({ count, encoded, imagesPerSecond } = await encodeInto({ folder, path, extractor, settings, data }, options));
      } finally {
        lock.release();
      }
    }
    return { path, count, width, encoded, imagesPerSecond };
  } finally {
    extractor.dispose();
  }
}

interface Target {
  folder: string;
  path: string;
  extractor: PooledExtractor;
  settings: object;
  data: ImageDataset;
}

async function encodeInto(
  { folder, path, extractor: { width, encode }, settings, data }: Target,
  { batchSize = 16, signal, onProgress }: EmbedOptions,
): Promise<Pick<EmbeddedImages, 'count' | 'encoded' | 'imagesPerSecond'>> {
  const remedy = () => 'free some space and pass `resume`: what was written is kept';
  const writing = <Result>(write: () => Promise<Result>) => orUnwritable({ where: 'embed', path, remedy }, write);
  const features = await writing(() => openUnfinishedFeatures(folder, { width, batchSize, imageCount: data.length }));
  try {
    const before = features.images.length;
    const began = performance.now();
    for await (const images of imageBatches(data, { batchSize, start: features.next, signal, onProgress })) {
      const rows = await encode(imagesOf(images));
      await writing(() => features.append(images, rows));
    }
    const encoded = features.images.length - before;
    const imagesPerSecond = (1000 * encoded) / (performance.now() - began);
    await writing(() => writeFeatureFile(path, features, { ...settings, classNames: data.classNames }));
    await features.close();
    rmSync(folder, { recursive: true });
    return { count: features.images.length, encoded, imagesPerSecond };
  } finally {
    await features.close();
  }
}
