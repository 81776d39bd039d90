// Part maps of a whole data set into a shard, image by image.

import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { assertInteger } from '@semmae/core';
import {
  type ImageDataset,
  openPartShard,
  type PartShardSettings,
  type PartShardWriter,
  readableAt,
  writePartShard,
} from '@semmae/data';
import { pixelRulesFor } from '../features/feature-geometry';
import { imagesOf } from '../features/image-batches';
import { type NamedPredictorOptions, openPredictor } from '../predictors/open-predictor';
import type { PartPredictor, PredictedParts } from '../predictors/part-predictor';
import { assertFree, assertMadeWith } from '../runs/finished-file';
import { Interrupted } from '../runs/interrupted';
import { makeWritable } from '../runs/run-folder';
import { lockRun } from '../runs/run-lock';
import type { ResumePolicy, StageOptions } from '../runs/stage-options';
import { type CompanionName, companionPath } from './companion-shards';
import { consistencyCrop, consistencyCropPolicy, cropPolicyOf } from './consistency-crop';

export interface ExtractPartsOptions extends Omit<StageOptions, 'compile'> {
  predictor: PartPredictor;
  data: ImageDataset;
  /** The shard to write. */
  out: string;
  /** Whether to write the companions that `evaluateShard` wants: maps without background, of the mirror images and of crops. Default false. */
  forEval?: boolean;
  /** Images that are predicted at a time. Default 16. */
  batchSize?: number;
  /** Default 'if-there'. */
  resume?: ResumePolicy;
}

export interface ExtractedParts {
  path: string;
  /** Images in the shard. */
  count: number;
  /** Images predicted by this call; mirror images and crops not counted. */
  predicted: number;
  imagesPerSecond: number;
}

/** What was found in an image, and where scores want it in its mirror image and crop. */
interface Views {
  plain: PredictedParts;
  mirrored?: PredictedParts;
  cropped?: PredictedParts;
}

/** One file being written, and which of the predictions go into it. */
interface Target {
  writer: PartShardWriter;
  settings: PartShardSettings;
  labels(of: Views): Uint8Array;
}

/** The same from files: the images, and what `openPredictor` takes in place of a predictor. */
export interface ExtractFromFilesOptions
  extends NamedPredictorOptions,
    Pick<ExtractPartsOptions, 'out' | 'forEval' | 'batchSize' | 'resume'> {}

export async function extractFromFiles(
  options: ExtractFromFilesOptions,
): Promise<ExtractedParts & { partCount: number }> {
  assertFree(resolve(options.out), options.resume ?? 'if-there'); // before images are decoded
  const { predictor, data, dispose } = await openPredictor(options);
  try {
    return { ...(await extractParts({ ...options, predictor, data: data.all })), partCount: predictor.partCount };
  } finally {
    dispose();
  }
}

/**
 * Writes the maps of every image that can be read; the shard appears when it is complete. An interrupted extraction goes on after the last image
 * that was written, in the same batches, so that the maps are those of one without interruption.
 */
export async function extractParts(options: ExtractPartsOptions): Promise<ExtractedParts> {
  const { predictor, data, batchSize = 16, resume = 'if-there', signal, onProgress } = options;
  assertInteger('extractParts', 'batchSize', batchSize);
  const path = resolve(options.out);
  if (existsSync(path) && resume !== 'refuse') {
    const shard = await openPartShard(path);
    shard.close();
    assertMadeWith(path, shardSettings(predictor, data), shard.settings);
    return { path, count: shard.ids.length, predicted: 0, imagesPerSecond: Number.NaN };
  }
  assertFree(path, resume);
  makeWritable(dirname(path));

  const lock = lockRun(`${path}.lock`);
  const began = performance.now();
  let [predicted, done, count] = [0, 0, 0];
  let targets: Target[] = [];
  try {
    targets = await openTargets(path, options);
    for (let start = 0; start < data.length; start += batchSize) {
      Interrupted.check(signal);
      const indices = Array.from({ length: Math.min(batchSize, data.length - start) }, (_, place) => start + place);
      const isWritten = (index: number) => targets.every(({ writer }) => writer.has(data.idAt(index)));
      if (!indices.every(isWritten)) {
        predicted += await predictBatch(options, indices, targets);
      }
      done += indices.length;
      onProgress?.({ title: `Extracting parts, ${predictor.method}`, done, total: data.length, unit: 'images' });
    }
    count = targets.at(-1)!.writer.count;
    for (const { writer } of targets) await writer.finish(); // the shard itself comes last
  } finally {
    for (const { writer } of targets) await writer.close().catch(() => {}); // finished ones are closed already
    lock.release();
  }
  return { path, count, predicted, imagesPerSecond: (1000 * predicted) / (performance.now() - began) };
}

/** Gives the number of images that could be read. */
async function predictBatch(
  { predictor, data, forEval }: ExtractPartsOptions,
  indices: readonly number[],
  targets: readonly Target[],
): Promise<number> {
  const readable = await readableAt(data, indices);
  const images = imagesOf(readable);
  if (images.length === 0) return 0;
  const plain = await predictor.predict(images);
  const mirrored = forEval ? await predictor.predict(images, true) : undefined;
  const cropped = forEval ? await predictor.predict(images.map(consistencyCrop)) : undefined;
  for (const [place, { index, image }] of readable.entries()) {
    const { id } = image;
    const fingerprint = await data.fingerprint(index);
    const views = { plain: plain[place]!, mirrored: mirrored?.[place], cropped: cropped?.[place] };
    for (const { writer, settings, labels } of targets) {
      if (writer.has(id)) continue;
      const scores = settings.scores === 'none' ? undefined : views.plain.saliency;
      await writer.append({ id, labels: labels(views), scores, fingerprint });
    }
  }
  return images.length;
}

function shardSettings(
  { grid: { rows, columns }, settings, partCount, imageSize }: PartPredictor,
  { form: { framing, pixels } }: ImageDataset,
): PartShardSettings {
  const cropPolicy = cropPolicyOf(framing);
  const rules = pixels && pixelRulesFor(pixels.channels ?? 3, pixels);
  return { ...settings, grid: { rows, columns }, partCount, cropPolicy, framing, pixels: rules, imageSize };
}

/** The companions first: when the shard is there, everything is. */
async function openTargets(path: string, { predictor, data, forEval = false }: ExtractPartsOptions): Promise<Target[]> {
  const settings = shardSettings(predictor, data);
  const companion = { ...settings, scores: 'none' } as const;
  const wanted: (Omit<Target, 'writer'> & { path: string })[] = [
    { path, settings, labels: ({ plain }) => plain.parts },
  ];
  if (forEval) {
    // the truth knows background without any cut
    const foreground = { ...companion, hasBackground: predictor.method === 'ground-truth', background: 'none' };
    const add = (name: CompanionName, labels: Target['labels'], cropPolicy = settings.cropPolicy) =>
      wanted.unshift({ path: companionPath(path, name), settings: { ...foreground, cropPolicy }, labels });
    add('foreground', ({ plain }) => plain.foreground);
    add('mirrored', ({ mirrored }) => mirrored!.foreground);
    add('cropped', ({ cropped }) => cropped!.foreground, consistencyCropPolicy(data.form.framing));
  }
  const targets: Target[] = [];
  for (const { path: file, ...target } of wanted) {
    if (file !== path && existsSync(file)) continue; // finished before the interruption
    targets.push({ ...target, writer: await writePartShard(file, target.settings) });
  }
  return targets;
}
