// Every file below a folder that is wanted, in the order of names; what is passed over is counted.

import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

import { SemmaeError } from '@semmae/core';

import { forEachConcurrently } from '../../for-each-concurrently';
import type { LeftOut } from '../left-out';
import { hasExtension, isHidden, leftOutKind } from './file-kinds';
import { byCodePoint } from './file-names';

export interface WalkFolderOptions {
  /** Of the files that are wanted, in lower case. */
  extensions: readonly string[];
  /** Absolute paths that are not looked at: files and folders that serve another purpose. */
  except: readonly string[];
  left: LeftOut;
}

export interface WalkedFolder {
  /** Below the root, with `/`; '' is the root itself. */
  path: string;
  /** When the folder changed last. */
  mtimeMs: number;
  /** Names of the files that are wanted, sorted. */
  files: string[];
}

const foldersAtATime = 16;

/**
 * The folders below `root`, level by level. Hidden ones are passed over at any depth. A linked folder is followed once, and not where it
 * leads back into the root, which is walked anyway; so loops end. Throws a SemmaeError where `root` is no folder.
 */
export async function walkFolder(root: string, options: WalkFolderOptions): Promise<WalkedFolder[]> {
  const realRoot = await realpath(root).catch(notAFolder(root));
  const followed = new Map<string, string>();
  const walked: WalkedFolder[] = [];
  for (let level = ['']; level.length > 0; ) {
    const found: FolderContent[] = [];
    await forEachConcurrently(level.length, foldersAtATime, async (index) => {
      found[index] = await listFolder(root, level[index]!);
    });
    const next: string[] = [];
    for (const [index, { entries, mtimeMs, error }] of found.entries()) {
      const path = level[index]!;
      if (error !== undefined) {
        if (path === '') throw notAFolder(root)(error);
        options.left.add('folder without permission', path, error.message);
        continue;
      }
      const files = entries.filter((entry) => isWanted(entry, below(path, entry.name)));
      walked.push({ path, mtimeMs, files: files.map(({ name }) => name) });
    }
    level = next;

    /** Counts what is left out, and keeps folders for the next level. */
    function isWanted({ name, kind, target }: Entry, path: string): boolean {
      if (options.except.includes(join(root, path))) return false;
      const leave = (why: string, reason?: string) => {
        options.left.add(why, path, reason);
        return false;
      };
      if (kind === 'folder' && isHidden(name)) return leave('hidden folder');
      if (kind === 'nothing') return leave('broken link');
      if (kind === 'file') {
        const why = hasExtension(name, options.extensions) && !isHidden(name) && !name.includes('\uFFFD');
        const otherwise = leftOutKind(name);
        return why || (otherwise !== undefined && leave(otherwise));
      }
      if (target !== undefined) {
        const before = followed.get(target);
        if (before !== undefined) return leave('linked folder', `the same as ${before}`);
        if (leadsInto(realRoot, target)) return leave('linked folder', 'leads back into the folder that is read');
        followed.set(target, path);
      }
      next.push(path);
      return false;
    }
  }
  return walked;
}

interface Entry {
  name: string;
  kind: 'file' | 'folder' | 'nothing';
  /** Where a linked folder lies. */
  target?: string;
}

interface FolderContent {
  /** Sorted by name. */
  entries: Entry[];
  mtimeMs: number;
  error?: Error;
}

async function listFolder(root: string, path: string): Promise<FolderContent> {
  const folder = join(root, path);
  try {
    const { mtimeMs } = await stat(folder); // before its names: a change in between is seen the next time
    const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) => byCodePoint(a.name, b.name));
    const resolved: Entry[] = [];
    for (const entry of entries) {
      resolved.push(entry.isSymbolicLink() ? await linked(folder, entry.name) : plain(entry));
    }
    return { entries: resolved, mtimeMs };
  } catch (error) {
    return { entries: [], mtimeMs: 0, error: error as Error };
  }
}

function plain(entry: Dirent): Entry {
  return { name: entry.name, kind: entry.isDirectory() ? 'folder' : 'file' };
}

async function linked(folder: string, name: string): Promise<Entry> {
  const path = join(folder, name);
  try {
    if (!(await stat(path)).isDirectory()) return { name, kind: 'file' };
    return { name, kind: 'folder', target: await realpath(path) };
  } catch {
    return { name, kind: 'nothing' }; // or a link to itself
  }
}

/** Whether `target` is walked anyway: a folder of `root` that no hidden folder holds, or one that holds `root`. */
function leadsInto(root: string, target: string): boolean {
  if (`${root}${sep}`.startsWith(`${target}${sep}`)) return true;
  if (!target.startsWith(`${root}${sep}`)) return false;
  return !target
    .slice(root.length + 1)
    .split(sep)
    .some(isHidden);
}

function notAFolder(root: string): (cause: unknown) => never {
  return (cause) => {
    const requirement = `${root} must be a folder`;
    throw new SemmaeError({ where: 'openFolderSource', requirement, got: (cause as Error).message, cause });
  };
}

function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
