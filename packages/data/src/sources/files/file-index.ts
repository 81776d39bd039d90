// Which files a source is made of, in little memory: a million of them take some 60 MB, and as much on disk.

import { extname } from 'node:path';

import { type PackedKeys, packedKey, packKeys } from '../key-table';
import type { LeftOut, LeftOutRecord } from '../left-out';

export interface FileIndex {
  /** Paths of the images below their root, with `/`. */
  images: PackedKeys;
  /** What becomes of a path to be the id: see `idOf`. */
  idRules: Uint8Array;
  /** -1 where an image has none. */
  labels: Int32Array | undefined;
  /** Paths of the label files below theirs; empty where an image has none. */
  masks: PackedKeys | undefined;
  classNames: readonly string[] | undefined;
  leftOut: LeftOutRecord;
}

/** An image that was found. */
export interface FoundFile {
  path: string;
  label?: number | undefined;
  mask?: string | undefined;
}

/**
 * Ids are the paths without extension, under Unicode NFC, so that they are the same on every file system. Images that would share one
 * (`a.jpg`, `a.png`) keep their extension, and where these are still the same their own spelling. A path that is there twice is left out.
 */
export function fileIndex(
  found: readonly FoundFile[],
  classNames: readonly string[] | undefined,
  left: LeftOut,
): FileIndex {
  const seen = new Set<string>();
  const files = found.filter(({ path }) => {
    if (!seen.has(path)) return seen.add(path);
    left.add('repeated path', path);
    return false;
  });
  const idRules = new Uint8Array(files.length);
  for (let shared = sharedIds(files, idRules); shared.size > 0; shared = sharedIds(files, idRules)) {
    for (const index of shared) idRules[index]!++;
  }
  return {
    images: packKeys(files.map(({ path }) => path)),
    idRules,
    labels: files.some(({ label }) => label !== undefined)
      ? Int32Array.from(files, ({ label = -1 }) => label)
      : undefined,
    masks: files.some(({ mask }) => mask !== undefined) ? packKeys(files.map(({ mask = '' }) => mask)) : undefined,
    classNames,
    leftOut: left.record(),
  };
}

/** Those whose id another one has. */
function sharedIds(files: readonly FoundFile[], idRules: Uint8Array): Set<number> {
  const byId = new Map<string, number>();
  const shared = new Set<number>();
  for (const [index, { path }] of files.entries()) {
    const id = idOf(path, idRules[index]!);
    const other = byId.get(id);
    if (other === undefined) byId.set(id, index);
    else {
      shared.add(index);
      if (idRules[other]! < ownSpelling) shared.add(other);
    }
  }
  return shared;
}

/** The rule by which ids are paths, each of which is there once. */
const ownSpelling = 2;

export function idOf(path: string, rule: number): string {
  if (rule === 0) return stemOf(path);
  return rule < ownSpelling ? path.normalize('NFC') : path;
}

/** The path without extension, under NFC: what images, label files and lists are paired by. */
export function stemOf(path: string): string {
  return path.slice(0, path.length - extname(path).length).normalize('NFC');
}

export function imagePath({ images }: FileIndex, index: number): string {
  return packedKey(images, index);
}
