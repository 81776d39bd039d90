// What a data set holds that is not used, counted by kind: nothing is dropped silently.

/** One thing that was left out. */
export interface LeftOutEntry {
  kind: string;
  path: string;
  reason?: string;
}

/** What a LeftOut holds, as plain values. */
export interface LeftOutRecord {
  counts: readonly (readonly [kind: string, count: number])[];
  entries: readonly LeftOutEntry[];
}

export interface LeftOut {
  /** Everything that was left out. */
  readonly total: number;
  /** `kind` is a short noun in the singular (`hidden folder`, `truncated`, `.heic`). */
  add(kind: string, path: string, reason?: string): void;
  /** Adds what another one counts, such as that of a part of the data or of a cached index. */
  include(other: LeftOutRecord): void;
  /** As plain values, for a cache. */
  record(): LeftOutRecord;
  /** In the order of their first appearance. */
  counts(): ReadonlyMap<string, number>;
  /** The first ones of each kind, at most 1,000 of them. */
  entries(): readonly LeftOutEntry[];
  /** One line: `1 truncated, 2 hidden folders, 3 .heic`; empty where nothing was left out. */
  summary(): string;
}

/** Paths of one kind that are kept; the others are counted. */
const keptOfAKind = 1000;

export function leftOut(): LeftOut {
  const byKind = new Map<string, { count: number; entries: LeftOutEntry[] }>();
  function kindOf(kind: string) {
    const found = byKind.get(kind) ?? { count: 0, entries: [] };
    byKind.set(kind, found);
    return found;
  }
  const entries = () => [...byKind.values()].flatMap((kind) => kind.entries);
  const counts = () => Array.from(byKind, ([kind, { count }]) => [kind, count] as const);
  return {
    get total() {
      return [...byKind.values()].reduce((sum, { count }) => sum + count, 0);
    },
    add(kind, path, reason) {
      const found = kindOf(kind);
      found.count++;
      if (found.entries.length < keptOfAKind)
        found.entries.push({ kind, path, ...(reason !== undefined && { reason }) });
    },
    include(other) {
      for (const [kind, count] of other.counts) kindOf(kind).count += count;
      for (const entry of other.entries) {
        const found = kindOf(entry.kind);
        if (found.entries.length < keptOfAKind) found.entries.push(entry);
      }
    },
    record: () => ({ counts: counts(), entries: entries() }),
    counts: () => new Map(counts()),
    entries,
    summary: () => Array.from(byKind, ([kind, { count }]) => `${count} ${counted(kind, count)}`).join(', '),
  };
}

/** `hidden folder` and `mask without image` have a plural; `truncated` and `.heic` have none. */
function counted(kind: string, count: number): string {
  return count === 1
    ? kind
    : kind.replace(/^((?:\w+ )*?)(folder|file|image|mask|label|link|entry|sample|key|shard)\b/, plural);
}

function plural(_: string, before: string, noun: string): string {
  return `${before}${noun === 'entry' ? 'entries' : `${noun}s`}`;
}
