// Decoded parts of columns, the last used ones up to a number of bytes.

import type { ColumnValue } from './read-column';

export interface PartCache {
  /** The values under `key`, read by `read` unless they are there or on their way; `bytes` is about what they take. */
  fetch(key: string, bytes: number, read: () => Promise<ColumnValue[]>): Promise<ColumnValue[]>;
}

/** Keeps one part even where it is larger. */
export function partCache(budgetBytes: number): PartCache {
  const kept = new Map<string, { values: Promise<ColumnValue[]>; bytes: number }>();
  let total = 0;
  return {
    fetch(key, bytes, read) {
      const found = kept.get(key);
      const entry = found ?? { values: read(), bytes };
      if (found === undefined) total += bytes;
      kept.delete(key);
      kept.set(key, entry); // the last used
      for (const [oldest, { bytes: freed }] of kept) {
        if (total <= budgetBytes || oldest === key) break;
        kept.delete(oldest);
        total -= freed;
      }
      if (found === undefined) entry.values.catch(() => forget(key, entry));
      return entry.values;
    },
  };

  function forget(key: string, entry: { bytes: number }): void {
    if (kept.get(key) !== entry) return;
    kept.delete(key);
    total -= entry.bytes;
  }
}
