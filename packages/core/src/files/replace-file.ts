// Files that are the old one or the complete new one, whatever happens while they are written.

import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * For large files and one writer at a time: lets `write` fill `<path>.draft`, forces it to the disk and renames it over `path`. When
 * anything fails, the draft is removed, `path` is untouched and the error is passed on. The draft that a killed process left is
 * overwritten by the next one.
 *
 * `beforeReplacing` runs when the new file is complete and safe but not yet in place.
 */
export async function replaceFile(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  beforeReplacing?: () => Promise<void>,
): Promise<void> {
  const draft = `${path}.draft`;
  try {
    const file = await open(draft, 'w');
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await beforeReplacing?.();
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {}); // the first error is the one to report
    throw error;
  }
  await syncFolder(dirname(path));
}

/** For small files, of which several processes may write the same: the last one wins, and none is ever half there. Missing folders are made. */
export function replaceFileSync(path: string, data: string | Uint8Array): void {
  const draft = `${path}.${process.pid}.draft`;
  makeFolders(dirname(path));
  try {
    const file = openSync(draft, 'w');
    try {
      writeFileSync(file, data);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** `mkdir -p`, one folder at a time: Node's recursive mkdir never returns where a file system refuses with ENOENT, as /proc does. */
function makeFolders(path: string): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (!existsSync(path)) throw error; // else another process was faster
  }
}

/** Makes a rename survive a power cut. Windows cannot open folders and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
