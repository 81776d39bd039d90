// A folder of image files as a source.

import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import { assertOneOf, SemmaeError } from '@semmae/core';

import { dataCacheFolder } from '../cache-folder';
import type { ImageSource } from '../image-source';
import { type IndexKey, indexCache } from '../index-cache';
import { readNamesFile } from '../read-names-file';
import { type FolderLayout, folderLayouts } from './arrange-files';
import type { FileIndex } from './file-index';
import { fileSource } from './file-source';
import { type IndexedFolder, indexFolder } from './index-folder';

export interface OpenFolderSourceOptions {
  /** Folder of label files with the images' names. Default `root/masks` beside `root/images`. */
  masks?: string | undefined;
  /** A list that says the label of each image, `file,label`, in any format of `openListSource`. Default `root/labels.csv`, `.tsv` or `.jsonl`. */
  labelFile?: string | undefined;
  /**
   * `classes`: every sub-folder is a class, images beside them are left out. `flat`: the images of the folder itself. `nested`: all images
   * at any depth, without classes. Default: classes where most images lie in sub-folders, else flat.
   */
  layout?: FolderLayout | undefined;
  /** Names of the part ids 1..P in the label files. Default: `parts.json` in the folder. */
  partNames?: readonly string[] | undefined;
  /** Keeps the index of a large folder. Default: the user's cache folder, or that in `SEMMAE_CACHE`; false keeps none. */
  cacheFolder?: string | false | undefined;
}

/** Smaller folders are listed faster than this is worth. */
const keptFrom = 2000;
/** Some file systems tell changes by whole seconds; what changed just now may change again unnoticed. */
const settledMilliseconds = 2000;

/**
 * The images below `root`: in the folder itself, in one sub-folder per class (deeper ones belong to it), or in `images` beside `masks`, in
 * the order of names. Only names are read; those of large folders are kept in the user's cache folder until a folder below changes.
 * What is passed over is counted in `leftOut`: hidden folders, pictures that nothing here decodes, label files without an image, ….
 *
 * Throws a SemmaeError when the folder is missing or holds no image, and when no label file has the name of an image.
 */
export async function openFolderSource(root: string, options: OpenFolderSourceOptions = {}): Promise<ImageSource> {
  const { layout, cacheFolder = dataCacheFolder() } = options;
  if (layout !== undefined) assertOneOf('openFolderSource', 'layout', layout, folderLayouts);
  const imageRoot = existsSync(join(root, 'images')) ? join(root, 'images') : root;
  const beside = imageRoot === root ? undefined : join(root, 'masks');
  const maskRoot = options.masks ?? (beside !== undefined && existsSync(beside) ? beside : undefined);
  const labelFile = options.labelFile ?? labelFileOf(root);
  const places = { root, imageRoot, maskRoot, labelFile, layout };
  const paths = [imageRoot, maskRoot, labelFile].map((path) => path && resolve(path));
  const key = { of: ['folder', ...paths, layout], state: [labelFile && stateOf(labelFile)] };
  const index = await keptIndex(cacheFolder, key, async () => indexFolder(places));
  const name = basename(resolve(root));
  const partNames = options.partNames ?? (await readNamesFile(root, 'parts.json'));
  return fileSource(index, { name, partNames, imageRoot, maskRoot });
}

async function keptIndex(
  cacheFolder: string | false,
  key: IndexKey,
  make: () => Promise<IndexedFolder>,
): Promise<FileIndex> {
  const cache = indexCache(cacheFolder);
  const kept = cache.read<IndexedFolder>(key);
  if (kept?.folders.every(({ path, mtimeMs }) => stateOf(path) === mtimeMs)) return kept.index;
  const began = Date.now();
  const made = await make();
  const isSettled = made.folders.every(({ mtimeMs }) => mtimeMs < began - settledMilliseconds);
  if (made.index.idRules.length >= keptFrom && isSettled) cache.write(key, made);
  return made.index;
}

/** When a folder or file changed last; undefined where it is gone. */
function stateOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

function labelFileOf(root: string): string | undefined {
  const found = ['labels.csv', 'labels.tsv', 'labels.jsonl']
    .map((name) => join(root, name))
    .filter((path) => existsSync(path));
  if (found.length < 2) return found[0];
  throw new SemmaeError({
    where: root,
    requirement: 'must hold one list of labels',
    got: found.map((path) => basename(path)).join(', '),
    remedy: 'name the one to use (labelFile)',
  });
}
