// Files that somebody chose or dropped on a page as a source, by the rules of folders on disk.

import { assertOneOf, SemmaeError } from '@semmae/core';

import { assertIndex } from '../assert-index';
import { Undecodable } from '../pixels/undecodable';
import { arrangeFiles, type FolderLayout, folderLayouts, pairMasks } from '../sources/files/arrange-files';
import { hasExtension, imageExtensions, isHidden, labelExtensions, leftOutKind } from '../sources/files/file-kinds';
import { byCodePoint, idOf, idRulesOf } from '../sources/files/file-names';
import type { ImageSource } from '../sources/image-source';
import { type LeftOut, leftOut } from '../sources/left-out';

export interface OpenFileListOptions {
  /** Default: the folder that was chosen, or 'files'. */
  name?: string | undefined;
  /** As of `openFolderSource`. */
  layout?: FolderLayout | undefined;
  /** Names of the part ids 1..P in the label files. */
  partNames?: readonly string[] | undefined;
}

/** A file, or one with the path that it is to have, such as of a folder that was dropped. */
export type ListedFile = File | { file: File; path: string };

/**
 * The images among `files`: those of `<input type="file" multiple>`, or with `webkitdirectory` of a folder. Their paths below that folder
 * say what they are, as in Node: one sub-folder per class, or `images` beside `masks`. What is passed over is counted in `leftOut`.
 * Nothing is read before it is asked for.
 *
 * Throws a SemmaeError where no file is an image, and where no label file has the name of an image.
 */
export function openFileList(files: Iterable<ListedFile>, options: OpenFileListOptions = {}): ImageSource {
  const { layout, partNames } = options;
  if (layout !== undefined) assertOneOf('openFileList', 'layout', layout, folderLayouts);
  const { byPath, root } = filesByPath(files);
  const name = options.name ?? root ?? 'files';
  const left = leftOut();
  const paths = [...byPath.keys()].sort(byCodePoint);
  const imageRoot = paths.some((path) => path.startsWith('images/')) ? 'images/' : '';
  const hasMasks = imageRoot !== '' && paths.some((path) => path.startsWith('masks/'));
  if (imageRoot !== '') countOthers(paths, left);
  const { images, classNames } = arrangeFiles(foldersOf(paths, imageRoot, imageExtensions, left), layout, left);
  if (images.length === 0) {
    const requirement = `must hold images (${imageExtensions.join(' ')})`;
    throw new SemmaeError({ where: name, requirement, got: left.total > 0 ? `none, but ${left.summary()}` : 'none' });
  }
  if (hasMasks) pairMasks(images, foldersOf(paths, 'masks/', labelExtensions, left), { maskRoot: 'masks', left });
  const idRules = idRulesOf(images.map(({ path }) => path));
  const at = (index: number) => {
    assertIndex(name, index, images.length);
    return images[index]!;
  };
  async function bytesOf(path: string): Promise<Uint8Array> {
    const buffer = await byPath
      .get(path)!
      .arrayBuffer()
      .catch((cause: Error) => {
        throw new Undecodable('vanished', `${path}: ${cause.message}`, cause);
      });
    return new Uint8Array(buffer);
  }
  return {
    ...{ name, length: images.length, classNames, partNames, leftOut: left },
    idAt: (index) => idOf(at(index).path, idRules[index]!),
    labelAt: (index) => at(index).label,
    async read(index) {
      const { path, mask, label } = at(index);
      const [imagePath, maskPath] = [`${imageRoot}${path}`, mask && `masks/${mask}`];
      const [image, ids] = await Promise.all([bytesOf(imagePath), maskPath && bytesOf(maskPath)]);
      const names = { image: imagePath, ...(maskPath && { mask: maskPath }) };
      return { image, ...(ids && { mask: ids }), ...(label !== undefined && { label }), names };
    },
  };
}

/** Paths below the folder that was chosen, which is the first step of all of them. */
function filesByPath(files: Iterable<ListedFile>): { byPath: Map<string, File>; root: string | undefined } {
  const all = Array.from(files, (listed) => {
    if (!(listed instanceof File)) return listed;
    const { webkitRelativePath: path } = listed as File & { webkitRelativePath?: string };
    return { file: listed, path: path || listed.name };
  });
  const [root, ...others] = new Set(all.map(({ path }) => path.split('/', 1)[0]!));
  const isFolder = others.length === 0 && all.every(({ path }) => path.includes('/'));
  const byPath = new Map<string, File>();
  for (const { file, path } of all) {
    const below = isFolder ? path.slice(root!.length + 1) : path;
    let free = below;
    for (let copy = 2; byPath.has(free); copy++) free = below.replace(/(\.\w+)?$/, `-${copy}$1`); // chosen from several folders
    byPath.set(free, file);
  }
  return { byPath, root: isFolder ? root : undefined };
}

function countOthers(paths: readonly string[], left: LeftOut): void {
  for (const path of paths.filter((each) => !/^(images|masks)\//.test(each))) {
    const kind = leftOutKind(path) ?? 'other file';
    left.add(path.includes('/') ? 'folder beside images/' : kind, path);
  }
}

/** The folders below `root` with their wanted files, the root first; what is passed over is counted. */
function foldersOf(
  paths: readonly string[],
  root: string,
  extensions: readonly string[],
  left: LeftOut,
): { path: string; files: string[] }[] {
  const folders = new Map<string, string[]>([['', []]]);
  const hidden = new Set<string>();
  for (const path of paths.filter((each) => each.startsWith(root)).map((each) => each.slice(root.length))) {
    const steps = path.split('/');
    const name = steps.pop()!;
    const depth = steps.findIndex(isHidden);
    if (depth >= 0) {
      hidden.add(steps.slice(0, depth + 1).join('/'));
      continue;
    }
    const folder = steps.join('/');
    if (hasExtension(name, extensions) && !isHidden(name)) {
      const files = folders.get(folder) ?? [];
      folders.set(folder, files);
      files.push(name);
      continue;
    }
    const kind = leftOutKind(name);
    if (kind !== undefined) left.add(kind, path);
  }
  for (const path of hidden) left.add('hidden folder', path);
  return Array.from(folders, ([path, files]) => ({ path, files }));
}
