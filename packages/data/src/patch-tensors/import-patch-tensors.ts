// Turns a folder of the part files of SemMAE's authors into one part-map shard.

import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';

import { SemmaeError } from '@semmae/core';

import type { ImageDataset } from '../image-dataset';
import type { PartShardSettings } from '../part-shards/part-shard';
import { writePartShard } from '../part-shards/write-part-shard';
import { type PatchTensor, readPatchTensor } from './read-patch-tensor';

export interface ImportPatchTensorsOptions {
  /** Folder with a `.npy` per image, at any depth. */
  root: string;
  /** Where the shard is written. */
  path: string;
  /** The images that the files belong to, by the same relative path without extension: they give the fingerprints. */
  images?: ImageDataset;
  /** What is known of the origin. Default: the encoder the paper names, everything else 'unknown'. */
  settings?: Partial<Pick<PartShardSettings, 'encoder' | 'softmaxAxis' | 'cropPolicy' | 'blur' | 'background'>>;
  onProgress?(progress: { done: number; total: number }): void;
}

/**
 * Writes the shard `path` of 28 x 28 patches, 7 parts and scores, and gives its number of images. The files hold an order of the
 * kept patches and no scores; scores of the shard fall evenly along it, from 1 to 1/196, and are 0 for dropped patches.
 *
 * Goes on where an interrupted import stopped. Throws a SemmaeError for the first file that is not as described.
 */
export async function importPatchTensors(options: ImportPatchTensorsOptions): Promise<number> {
  const { root, path, images, onProgress } = options;
  const files = await listTensors(root);
  const indexOfId = images && new Map(Array.from({ length: images.length }, (_, index) => [images.idAt(index), index]));
  const writer = await writePartShard(path, shardSettings(options.settings));
  try {
    for (const [done, file] of files.entries()) {
      const id = file.slice(0, -extname(file).length);
      if (!writer.has(id)) {
        const name = join(root, file);
        const tensor = await readPatchTensor(await readFile(name), { name });
        const index = indexOfId?.get(id);
        const fingerprint = index === undefined ? undefined : await images!.fingerprint(index);
        await writer.append({ id, labels: tensor.parts, scores: scoresOf(tensor), fingerprint });
      }
      onProgress?.({ done: done + 1, total: files.length });
    }
    await writer.finish();
  } finally {
    await writer.close();
  }
  return files.length;
}

function shardSettings(settings: ImportPatchTensorsOptions['settings']): PartShardSettings {
  return {
    grid: { rows: 28, columns: 28 },
    partCount: 7,
    hasBackground: true,
    encoder: { id: 'iBOT ViT-S of SemMAE', hash: 'unknown' },
    softmaxAxis: 'unknown',
    cropPolicy: 'unknown',
    blur: 'unknown',
    background: 'a quarter of the patches kept by attention',
    ...settings,
    imageSize: { height: 224, width: 224 },
    scores: 'float16',
  };
}

function scoresOf({ parts, order }: PatchTensor): Float32Array {
  const scores = new Float32Array(parts.length);
  for (const [rank, index] of order.entries()) scores[index] = 1 - rank / order.length;
  return scores;
}

async function listTensors(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true }).catch((cause: Error) => {
    throw new SemmaeError({
      where: 'importPatchTensors',
      requirement: `${root} must be a folder`,
      got: cause.message,
      cause,
    });
  });
  const files = entries
    .filter((entry) => entry.isFile() && extname(entry.name) === '.npy')
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  if (files.length > 0) return files.sort((a, b) => (a < b ? -1 : Number(a > b)));
  throw new SemmaeError({ where: 'importPatchTensors', requirement: `${root} must hold .npy files`, got: 'none' });
}
