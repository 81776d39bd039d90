// Which files a source is made of, in little memory: a million of them take some 60 MB, and as much on disk.

import { type PackedKeys, packKeys } from '../key-table';
import type { LeftOut, LeftOutRecord } from '../left-out';
import { distinctFiles, type FoundFile, idRulesOf } from './file-names';

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

/** Ids are made by `idRulesOf`. A path that is there twice is left out. */
export function fileIndex(
  found: readonly FoundFile[],
  classNames: readonly string[] | undefined,
  left: LeftOut,
): FileIndex {
  const files = distinctFiles(found, left);
  return {
    images: packKeys(files.map(({ path }) => path)),
    idRules: idRulesOf(files.map(({ path }) => path)),
    labels: files.some(({ label }) => label !== undefined)
      ? Int32Array.from(files, ({ label = -1 }) => label)
      : undefined,
    masks: files.some(({ mask }) => mask !== undefined) ? packKeys(files.map(({ mask = '' }) => mask)) : undefined,
    classNames,
    leftOut: left.record(),
  };
}
