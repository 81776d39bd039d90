// Files that appear when they are complete, and what lies beside them until then.

import { existsSync } from 'node:fs';

import { SemmaeError } from '@semmae/core';

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
  const made = new Map<string, unknown>(Object.entries(stored));
  for (const [key, value] of Object.entries(wanted)) {
    const [now, then] = [JSON.stringify(value), JSON.stringify(made.get(key))];
    if (now === then) continue;
    throw new SemmaeError({
      where: '`resume`',
      requirement: `${path} must be made with ${key} ${now}`,
      got: then ?? 'nothing',
      remedy: 'choose another `out`, or delete the file',
    });
  }
}
