// A folder that takes files, found out before any work is done for it.

import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { SemmaeError } from '../semmae-error';
import { replaceFileSync } from './replace-file';

/** Makes the folder if absent. Throws a SemmaeError of `where` when it cannot be made or written. */
export function makeWritableFolder(path: string, { where, remedy }: { where: string; remedy: string }): void {
  const probe = join(path, '.writable');
  try {
    makeFolders(path);
    replaceFileSync(probe, '');
    rmSync(probe);
  } catch (cause) {
    throw new SemmaeError({
      where,
      requirement: `${path} must be a folder that can be written`,
      got: cause,
      remedy,
      cause,
    });
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
