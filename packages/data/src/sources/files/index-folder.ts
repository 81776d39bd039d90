// What lies below a folder becomes a list of images with classes, labels and label files.

import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import { SemmaeError } from '@semmae/core';

import { type LeftOut, leftOut } from '../left-out';
import { type FileIndex, type FoundFile, fileIndex, stemOf } from './file-index';
import { hasExtension, imageExtensions, isHidden, labelExtensions, leftOutKind } from './file-kinds';
import { numberedLabels } from './label-names';
import { readImageList } from './read-image-list';
import { byCodePoint, type WalkedFolder, walkFolder } from './walk-folder';

export const folderLayouts = ['classes', 'flat', 'nested'] as const;
export type FolderLayout = (typeof folderLayouts)[number];

export interface IndexFolderOptions {
  root: string;
  /** `root`, or `images` in it. */
  imageRoot: string;
  maskRoot: string | undefined;
  labels: string | undefined;
  layout: FolderLayout | undefined;
}

export interface IndexedFolder {
  index: FileIndex;
  /** Every folder that was listed, by its absolute path, and when it changed last. */
  folders: { path: string; mtimeMs: number }[];
}

export async function indexFolder(options: IndexFolderOptions): Promise<IndexedFolder> {
  const { root, imageRoot, maskRoot, labels, layout } = options;
  const left = leftOut();
  const except = [maskRoot, labels].flatMap((path) => (path === undefined ? [] : [resolve(path)]));
  const own = ['parts.json', 'labels.csv', 'labels.tsv', 'labels.jsonl'].map((name) => resolve(root, name));
  const walked = await walkFolder(imageRoot, { extensions: imageExtensions, except: [...except, ...own], left });
  const { images, classNames } = arranged(walked, layout, left);
  if (images.length === 0) throw withoutImages(imageRoot, left);
  const named = labels === undefined ? classNames : await attachLabels(images, labels, left);
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

/** Images and their classes by where they lie. */
function arranged(
  walked: readonly WalkedFolder[],
  layout: FolderLayout | undefined,
  left: LeftOut,
): { images: FoundFile[]; classNames?: string[] } {
  const direct = walked[0]!.files;
  const deepCount = walked.slice(1).reduce((sum, { files }) => sum + files.length, 0);
  const chosen = layout ?? (deepCount > 0 && deepCount >= direct.length ? 'classes' : 'flat');
  if (chosen === 'nested') return { images: sorted(walked.flatMap(pathsOf)) };
  if (chosen === 'flat') {
    for (const path of walked.slice(1).flatMap(pathsOf)) left.add('image in a sub-folder', path);
    return { images: sorted(direct) };
  }
  for (const path of direct) left.add('stray image', path, 'beside the folders of classes');
  const ofClass = new Map<string, string[]>();
  for (const folder of walked.slice(1)) {
    if (folder.files.length === 0) continue;
    const name = folder.path.split('/', 1)[0]!;
    const paths = ofClass.get(name) ?? [];
    for (const path of pathsOf(folder)) paths.push(path);
    ofClass.set(name, paths);
  }
  const classNames = [...ofClass.keys()].sort(byCodePoint);
  const images = classNames.flatMap((name, label) => sorted(ofClass.get(name)!).map((file) => ({ ...file, label })));
  return { images, classNames };
}

function pathsOf({ path, files }: WalkedFolder): string[] {
  return path === '' ? files : files.map((name) => `${path}/${name}`);
}

function sorted(paths: string[]): FoundFile[] {
  return paths.sort(byCodePoint).map((path) => ({ path }));
}

/** Gives images the labels of the list and returns the class names. */
async function attachLabels(images: FoundFile[], list: string, left: LeftOut): Promise<readonly string[] | undefined> {
  const rows = (await readImageList(list)).images;
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
  const ofStem = new Map<string, string>();
  let first: string | undefined;
  for (const path of walked.flatMap(pathsOf).sort(byCodePoint)) {
    first ??= path;
    const stem = stemOf(path);
    if (ofStem.has(stem)) left.add('repeated mask', path, `${ofStem.get(stem)} has the same name`);
    else ofStem.set(stem, path);
  }
  const used = new Set<string>();
  const missing: string[] = [];
  for (const image of images) {
    const stem = [image.path.normalize('NFC'), stemOf(image.path)].find((one) => ofStem.has(one));
    if (stem === undefined) missing.push(image.path);
    else {
      used.add(stem);
      image.mask = ofStem.get(stem);
    }
  }
  if (used.size === 0) {
    throw new SemmaeError({
      where: 'openFolderSource',
      requirement: `${maskRoot} must hold label files (${labelExtensions.join(' ')}) named like the images, such as ${stemOf(images[0]!.path)}.png`,
      got: first === undefined ? 'none' : `${ofStem.size}, ${basename(first)} the first`,
    });
  }
  for (const path of missing) left.add('missing mask', path);
  for (const [stem, path] of ofStem) if (!used.has(stem)) left.add('mask without image', path);
  return walked.map(({ path, mtimeMs }) => ({ path: join(maskRoot, path), mtimeMs }));
}

function withoutImages(imageRoot: string, left: LeftOut): SemmaeError {
  return new SemmaeError({
    where: 'openFolderSource',
    requirement: `${imageRoot} must hold images (${imageExtensions.join(' ')}), or one sub-folder of them per class`,
    got: left.total === 0 ? 'none' : `none, but ${left.summary()}`,
  });
}
