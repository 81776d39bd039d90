// Finds the images of a folder, their classes and their part maps, from names alone.

import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, extname, join, relative, resolve } from 'node:path';

import { SemmaeError } from '@semmae/core';

export interface ListedImage {
  path: string;
  /** Path below the image folder without extension: `cat/0001`. */
  stem: string;
  label?: number;
  maskPath?: string;
}

export interface ImageListing {
  images: ListedImage[];
  classNames?: string[];
}

const imageExtensions = new Set(['.jpg', '.jpeg', '.png', '.webp', '.avif', '.gif', '.tif', '.tiff']);

/**
 * Lists the images below `root`, sorted by path. Images directly in the folder make a flat data set; otherwise every
 * sub-folder that holds images, at any depth, is a class, numbered by sorted name. If `root/images` exists the images are
 * looked for there, and `root/masks` is the default of `masks`. Hidden files and other files are ignored.
 */
export async function listImages(root: string, masks?: string): Promise<ImageListing> {
  const entries = await readFolder(root);
  const imageRoot = hasFolder(entries, 'images') ? join(root, 'images') : root;
  const maskRoot = masks ?? (imageRoot !== root && hasFolder(entries, 'masks') ? join(root, 'masks') : undefined);
  const top = imageRoot === root ? entries : await readFolder(imageRoot);
  const flat = top.filter(isImage).map(({ name }) => listed(imageRoot, join(imageRoot, name)));
  const listing = flat.length > 0 ? { images: sorted(flat) } : await listClasses(imageRoot, top, maskRoot);
  if (listing.images.length === 0) {
    throw new SemmaeError({
      where: 'openFolderSource',
      requirement: `${imageRoot} must hold images (${[...imageExtensions].join(' ')}), or one sub-folder of them per class`,
      got: `${top.length} other entries`,
    });
  }
  if (maskRoot !== undefined) await attachMasks(listing.images, maskRoot);
  return listing;
}

async function listClasses(imageRoot: string, top: Dirent[], maskRoot: string | undefined): Promise<ImageListing> {
  const folders = top.filter((entry) => entry.isDirectory() && !isHidden(entry)).map(({ name }) => name);
  const images: ListedImage[] = [];
  const classNames: string[] = [];
  for (const name of folders.sort(byCodePoint)) {
    const folder = join(imageRoot, name);
    if (maskRoot !== undefined && resolve(folder) === resolve(maskRoot)) continue;
    const found = await listDeep(folder);
    if (found.length === 0) continue;
    const label = classNames.push(name) - 1;
    images.push(...sorted(found.map((path) => ({ ...listed(imageRoot, path), label }))));
  }
  return { images, classNames };
}

async function attachMasks(images: ListedImage[], maskRoot: string): Promise<void> {
  await readFolder(maskRoot);
  const masks = (await listDeep(maskRoot)).filter((path) => extname(path).toLowerCase() === '.png');
  const pathOfStem = new Map(masks.map((path) => [listed(maskRoot, path).stem, path]));
  for (const image of images) image.maskPath = pathOfStem.get(image.stem);
  if (images.some(({ maskPath }) => maskPath !== undefined)) return;
  throw new SemmaeError({
    where: 'openFolderSource',
    requirement: `${maskRoot} must hold PNGs named like the images, such as ${images[0]!.stem}.png`,
    got: masks.length === 0 ? 'no PNG' : `${masks.length} PNGs, ${basename(masks[0]!)} the first`,
  });
}

async function listDeep(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter(isImage).map((entry) => join(entry.parentPath, entry.name));
}

async function readFolder(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : cause;
    throw new SemmaeError({ where: 'openFolderSource', requirement: `${folder} must be a folder`, got, cause });
  }
}

function listed(imageRoot: string, path: string): ListedImage {
  return { path, stem: relative(imageRoot, path).slice(0, -extname(path).length) };
}

function sorted(images: ListedImage[]): ListedImage[] {
  return images.sort((a, b) => byCodePoint(a.path, b.path));
}

/** The same order on every machine, unlike the locale's. */
function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function isImage(entry: Dirent): boolean {
  const named = imageExtensions.has(extname(entry.name).toLowerCase()) && !isHidden(entry);
  return named && (entry.isFile() || entry.isSymbolicLink());
}

function isHidden({ name }: Dirent): boolean {
  return name.startsWith('.');
}

function hasFolder(entries: Dirent[], name: string): boolean {
  return entries.some((entry) => entry.name === name && (entry.isDirectory() || entry.isSymbolicLink()));
}
