// What the system says when it takes no more, in a line that says what to do.

import { SemmaeError } from '../semmae-error';

export interface UnwritableOptions {
  where: string;
  /** The file or folder that is written. */
  path: string;
  /** Default: to choose another place or free some space. Asked for when something failed. */
  remedy?: () => string;
}

/** Awaits `write`. Errors of the system, such as that the disk is full, become a SemmaeError; others are passed on. */
export async function orUnwritable<T>(
  { where, path, remedy = () => 'choose another place, or free some space' }: UnwritableOptions,
  write: () => T | Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    throw new SemmaeError({ where, requirement: `${path} must be writable`, got: cause, remedy: remedy(), cause });
  }
}
