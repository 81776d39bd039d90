// What the system says when it takes no more, in a line that says what to do.

import { SemmaeError } from '../semmae-error';

export interface UnwritableOptions {
  where: string;
  /** The file or folder that is written. */
  path: string;
  /** Default: to choose another place or free some space. Asked for when something failed. */
  remedy?: () => string;
}

/** What `write` gives, or promises. Errors of the system, such as that the disk is full, become a SemmaeError; others are passed on. */
export function orUnwritable<T>(options: UnwritableOptions, write: () => T): T {
  const fail = (cause: unknown): never => {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    const { where, path, remedy = () => 'choose another place, or free some space' } = options;
    throw new SemmaeError({ where, requirement: `${path} must be writable`, got: cause, remedy: remedy(), cause });
  };
  try {
    const written = write();
    return written instanceof Promise ? (written.catch(fail) as T) : written;
  } catch (cause) {
    return fail(cause);
  }
}
