// One writer at a time: a file beside what is written that names the process.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';

import { SemmaeError } from '@semmae/core';
import { orUnwritable } from '@semmae/core/files';

export interface RunLock {
  release(): void;
}

interface Holder {
  pid: number;
  host: string;
}

/** Locks of this process, released when it ends. A process that is killed leaves its locks; they are taken over. */
const held = new Set<string>();
process.on('exit', () => {
  for (const path of held) rmSync(path, { force: true });
});

/** Takes the lock `path` for this process, or over from one that has died; undefined where another holds it, or this one already. */
export function takeLock(path: string): RunLock | undefined {
  if (held.has(path)) return undefined;
  if (!create(path) && !(removeStale(path) && create(path))) return undefined;
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

/** `takeLock` where waiting makes no sense. Throws a SemmaeError that names the holder. */
export function lockRun(path: string): RunLock {
  const lock = takeLock(path);
  if (lock !== undefined) return lock;
  const holder = readHolder(path);
  const got = holder === undefined ? 'a lock of another process' : `process ${holder.pid} on ${holder.host}`;
  throw new SemmaeError({
    where: '`out`',
    requirement: 'must have one writer at a time',
    got: `${got}, which writes there`,
    remedy: `wait for it or choose another \`out\`; if it is long gone, delete ${path}`,
  });
}

function create(path: string): boolean {
  const holder: Holder = { pid: process.pid, host: hostname() };
  return orUnwritable({ where: '`out`', path }, () => {
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
  const holder = readHolder(path);
  if (holder === undefined || isAlive(holder)) return false;
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return false;
  }
  const renamed = readHolder(aside);
  rmSync(aside, { force: true });
  if (renamed?.pid === holder.pid && renamed.host === holder.host) return true;
  // another process was faster and this is its new lock: give it back
  if (renamed !== undefined) writeFileSync(path, JSON.stringify(renamed));
  return false;
}

/** Undefined where there is no lock, or one that is just being written. */
function readHolder(path: string): Holder | undefined {
  try {
    const { pid, host } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>;
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host } : undefined;
  } catch {
    return undefined;
  }
}

/** Processes of other machines cannot be asked and count as alive; this one has no lock that it does not know of. */
function isAlive({ pid, host }: Holder): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // of another user
  }
}
