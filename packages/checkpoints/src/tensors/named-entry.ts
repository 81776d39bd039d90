// Finds a tensor by name.

import { SemmaeError } from '@semmae/core';

const shownNames = 5;

/** The entry of that name; a SemmaeError names the file and a few of its tensors where there is none. */
export function namedEntry<Entry>(path: string, entries: ReadonlyMap<string, Entry>, name: string): Entry {
  const entry = entries.get(name);
  if (entry !== undefined) return entry;
  const names = [...entries.keys()];
  const shown = names.slice(0, shownNames).join(', ');
  const more = names.length > shownNames ? `, … (${names.length} tensors)` : '';
  const remedy = names.length === 0 ? 'it has no tensors' : `it has ${shown}${more}`;
  throw new SemmaeError({ where: path, requirement: 'must have the tensor that is asked for', got: name, remedy });
}
