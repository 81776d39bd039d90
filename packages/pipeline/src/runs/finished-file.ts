// Files that appear when they are complete, and what lies beside them until then.

import { existsSync } from 'node:fs';

import { firstDifference, SemmaeError } from '@semmae/core';

import { nothingToResume, taken } from './run-folder';
import type { ResumePolicy } from './stage-options';

/** Whether `resume` agrees with what is there: the file, or `<path>.partial`. */
export function assertFree(path: string, resume: ResumePolicy): void {
  const isThere = existsSync(path) || existsSync(`${path}.partial`);
  if (resume === 'refuse' && isThere) throw taken(path);
  if (resume === 'require' && !isThere) throw nothingToResume(path);
}

/** A finished file may only be taken for this one when `stored`, what it says of itself, has all that is `wanted`. */
export function assertMadeWith(path: string, wanted: object, stored: object): void {
  const made = Object.fromEntries(Object.entries(stored).filter(([key]) => key in wanted));
  const difference = firstDifference(made, wanted);
  if (difference === undefined) return;
  throw new SemmaeError({
    where: '`resume`',
    requirement: `${path} must be made with ${difference.path} ${difference.now ?? 'left out'}`,
    got: difference.before ?? 'nothing',
    remedy: 'choose another `out`, or delete the file',
  });
}
