// Files that are either the old one or the complete new one, whatever happens while they are written.

import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Lets `write` fill a temporary file beside `path`, forces it to the disk and then renames it over `path`.
 * When anything fails the temporary file is removed and `path` is untouched; the error is passed on.
 *
 * `beforeReplacing` runs when the new file is complete and safe but not yet in place.
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  beforeReplacing?: () => Promise<void>,
): Promise<void> {
  const temporary = `${path}.partial`;
  try {
    const file = await open(temporary, 'w');
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await beforeReplacing?.();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
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
