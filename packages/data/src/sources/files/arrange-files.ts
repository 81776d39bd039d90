// From the files of folders to images with classes and label files, by names alone.

import { SemmaeError } from '@semmae/core';

import type { LeftOut } from '../left-out';
import { labelExtensions } from './file-kinds';
import { byCodePoint, type FoundFile, stemOf } from './file-names';
import type { WalkedFolder } from './walk-folder';

export const folderLayouts = ['classes', 'flat', 'nested'] as const;
export type FolderLayout = (typeof folderLayouts)[number];

type Folder = Pick<WalkedFolder, 'path' | 'files'>;

/** Images and their classes by where they lie. */
export function arrangeFiles(
  walked: readonly Folder[],
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

function pathsOf({ path, files }: Folder): string[] {
  return path === '' ? files : files.map((name) => `${path}/${name}`);
}

function sorted(paths: string[]): FoundFile[] {
  return paths.sort(byCodePoint).map((path) => ({ path }));
}

/**
 * Gives images the label files of their names. Counts what has no partner; throws a SemmaeError where no label file has the name of an image.
 */
export function pairMasks(
  images: readonly FoundFile[],
  walked: readonly Folder[],
  { maskRoot, left }: { maskRoot: string; left: LeftOut },
): void {
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
      got: first === undefined ? 'none' : `${ofStem.size}, ${first.split('/').at(-1)} the first`,
    });
  }
  for (const path of missing) left.add('missing mask', path);
  for (const [stem, path] of ofStem) if (!used.has(stem)) left.add('mask without image', path);
}
