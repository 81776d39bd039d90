// What lies below a folder becomes a list of images with classes, labels and label files.

import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { SemmaeError } from '@semmae/core';

import { type LeftOut, leftOut } from '../left-out';
import { arrangeFiles, type FolderLayout, pairMasks } from './arrange-files';
import { type FileIndex, fileIndex } from './file-index';
import { hasExtension, imageExtensions, isHidden, labelExtensions, leftOutKind } from './file-kinds';
import { byCodePoint, type FoundFile, stemOf } from './file-names';
import { numberedLabels } from './label-names';
import { readImageList } from './read-image-list';
import { walkFolder } from './walk-folder';

export interface IndexFolderOptions {
  root: string;
  /** `root`, or `images` in it. */
  imageRoot: string;
  maskRoot: string | undefined;
  labelFile: string | undefined;
  layout: FolderLayout | undefined;
}

export interface IndexedFolder {
  index: FileIndex;
  /** Every folder that was listed, by its absolute path, and when it changed last. */
  folders: { path: string; mtimeMs: number }[];
}

export async function indexFolder(options: IndexFolderOptions): Promise<IndexedFolder> {
  const { root, imageRoot, maskRoot, labelFile, layout } = options;
  const left = leftOut();
  const except = [maskRoot, labelFile].flatMap((path) => (path === undefined ? [] : [resolve(path)]));
  const own = ['parts.json', 'labels.csv', 'labels.tsv', 'labels.jsonl'].map((name) => resolve(root, name));
  const walked = await walkFolder(imageRoot, { extensions: imageExtensions, except: [...except, ...own], left });
  const { images, classNames } = arrangeFiles(walked, layout, left);
  if (images.length === 0) throw withoutImages(imageRoot, left);
  const named = labelFile === undefined ? classNames : await attachLabels(images, labelFile, left);
  const folders = walked.map(({ path, mtimeMs }) => ({ path: resolve(imageRoot, path), mtimeMs }));
  if (imageRoot !== root) folders.push(besideImages(options, own, left));
  if (maskRoot !== undefined) folders.push(...(await attachMasks(images, resolve(maskRoot), left)));
  return { index: fileIndex(images, named, left), folders };
}

/** Counts what lies beside `images` and is no part of the data set, and gives the folder of both. */
function besideImages(
  { root, imageRoot, maskRoot }: IndexFolderOptions,
  own: readonly string[],
  left: LeftOut,
): IndexedFolder['folders'][number] {
  const { mtimeMs } = statSync(root);
  const used = [imageRoot, maskRoot, join(root, 'masks')].map((path) => path && resolve(path));
  for (const entry of readdirSync(root, { withFileTypes: true }).sort((a, b) => byCodePoint(a.name, b.name))) {
    const path = resolve(root, entry.name);
    if (used.includes(path) || own.includes(path)) continue;
    const kind = entry.isFile()
      ? fileBesideKind(entry.name)
      : isHidden(entry.name)
        ? 'hidden folder'
        : 'folder beside images/';
    if (kind !== undefined) left.add(kind, entry.name);
  }
  return { path: resolve(root), mtimeMs };
}

function fileBesideKind(name: string): string | undefined {
  return hasExtension(name, imageExtensions) && !isHidden(name) ? 'stray image' : leftOutKind(name);
}

/** Gives images the labels of the list and returns the class names. */
async function attachLabels(images: FoundFile[], list: string, left: LeftOut): Promise<readonly string[] | undefined> {
  const rows = await readImageList(list);
  const { labels, classNames } = numberedLabels(rows.map(({ label }) => label));
  const labelOf = new Map(rows.map(({ file }, index) => [file.normalize('NFC'), labels[index]]));
  const used = new Set<string>();
  for (const image of images) {
    const name = [image.path.normalize('NFC'), stemOf(image.path)].find((one) => labelOf.has(one));
    image.label = name === undefined ? undefined : labelOf.get(name);
    if (name !== undefined) used.add(name);
    if (image.label === undefined) left.add('missing label', image.path);
  }
  for (const name of labelOf.keys()) if (!used.has(name)) left.add('label without image', name);
  if (used.size > 0) return classNames;
  throw new SemmaeError({
    where: list,
    requirement: `must name the images by their paths below their folder, such as ${images[0]!.path}`,
    got: rows[0]!.file,
  });
}

/** Gives images the label files of their names; returns the folders that these lie in. */
async function attachMasks(images: FoundFile[], maskRoot: string, left: LeftOut): Promise<IndexedFolder['folders']> {
  const walked = await walkFolder(maskRoot, { extensions: labelExtensions, except: [], left });
  pairMasks(images, walked, { maskRoot, left });
  return walked.map(({ path, mtimeMs }) => ({ path: join(maskRoot, path), mtimeMs }));
}

function withoutImages(imageRoot: string, left: LeftOut): SemmaeError {
  return new SemmaeError({
    where: 'openFolderSource',
    requirement: `${imageRoot} must hold images (${imageExtensions.join(' ')}), or one sub-folder of them per class`,
    got: left.total === 0 ? 'none' : `none, but ${left.summary()}`,
  });
}
