// A folder that takes files, found out before any work is done for it.

import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { SemmaeError } from '../semmae-error';
import { replaceFileSync } from './replace-file';

/** Makes the folder if absent. Throws a SemmaeError of `where` when it cannot be made or written. */
export function makeWritableFolder(path: string, { where, remedy }: { where: string; remedy: string }): void {
  const probe = join(path, '.writable');
  try {
    replaceFileSync(probe, '');
    rmSync(probe);
  } catch (cause) {
    const requirement = `${path} must be a folder that can be written`;
    throw new SemmaeError({ where, requirement, got: cause, remedy, cause });
  }
}
