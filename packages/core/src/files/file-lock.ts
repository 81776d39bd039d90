// One writer at a time: a file beside what is written, which names the process that writes.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';

import { orUnwritable } from './or-unwritable';

export interface FileLock {
  release(): void;
}

export interface LockHolder {
  pid: number;
  host: string;
}

/** Locks of this process, released when it ends. A process that is killed leaves its locks; they are taken over. */
const held = new Set<string>();
process.on('exit', () => {
  for (const path of held) rmSync(path, { force: true });
});

/**
 * Takes the lock `path` for this process, or over from one that has died; undefined where another holds it, or this one already.
 * Throws a SemmaeError of `where` when the file system takes no lock.
 */
export function takeLock(path: string, where = path): FileLock | undefined {
  if (held.has(path)) return undefined;
  if (!create(path, where) && !(removeStale(path) && create(path, where))) return undefined;
  held.add(path);
  let released = false;
  return {
    release() {
      if (released) return;
      released = true;
      held.delete(path);
      rmSync(path, { force: true });
    },
  };
}

function create(path: string, where: string): boolean {
  const holder: LockHolder = { pid: process.pid, host: hostname() };
  return orUnwritable({ where, path }, () => {
    try {
      writeFileSync(path, JSON.stringify(holder), { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      rmSync(path, { force: true }); // on a full disk it is there, and names nobody
      throw error;
    }
  });
}

/** Removes the lock of a process that has died. Renames it first, which only one of several processes can do. */
function removeStale(path: string): boolean {
  const holder = lockHolder(path);
  if (holder === undefined || isAlive(holder)) return false;
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return false;
  }
  const renamed = lockHolder(aside);
  rmSync(aside, { force: true });
  if (renamed?.pid === holder.pid && renamed.host === holder.host) return true;
  // another process was faster and this is its new lock: give it back
  if (renamed !== undefined) writeFileSync(path, JSON.stringify(renamed));
  return false;
}

/** Who holds the lock `path`; undefined where there is none, or one that is just being written. */
export function lockHolder(path: string): LockHolder | undefined {
  try {
    const { pid, host } = JSON.parse(readFileSync(path, 'utf8')) as Partial<LockHolder>;
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host } : undefined;
  } catch {
    return undefined;
  }
}

/** Processes of other machines cannot be asked and count as alive; this one has no lock that it does not know of. */
function isAlive({ pid, host }: LockHolder): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // of another user
  }
}
