// A finished file may only be taken for the one that is asked for when it was made in the same way.

import { SemmaeError } from '@semmae/core';

/** `stored` is what the file says of itself; settings that are not `wanted` do not matter. */
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
