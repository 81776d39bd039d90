// One writer of a run folder at a time.

import { SemmaeError } from '@semmae/core';
import { type FileLock, lockHolder, takeLock } from '@semmae/core/files';

/** `takeLock` where waiting makes no sense. Throws a SemmaeError that names the holder. */
export function lockRun(path: string): FileLock {
  const lock = takeLock(path, '`out`');
  if (lock !== undefined) return lock;
  const holder = lockHolder(path);
  const got = holder === undefined ? 'a lock of another process' : `process ${holder.pid} on ${holder.host}`;
  throw new SemmaeError({
    where: '`out`',
    requirement: 'must have one writer at a time',
    got: `${got}, which writes there`,
    remedy: `wait for it or choose another \`out\`; if it is long gone, delete ${path}`,
  });
}
