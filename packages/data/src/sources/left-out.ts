// What a data set holds that is not used, counted by kind: nothing is dropped silently.

/** One thing that was left out. */
export interface LeftOutEntry {
  kind: string;
  path: string;
  reason?: string;
}

export interface LeftOut {
  /** Everything that was left out. */
  readonly total: number;
  /** `kind` is a short noun in the singular (`hidden folder`, `truncated`, `.heic`). */
  add(kind: string, path: string, reason?: string): void;
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
  return {
    get total() {
      return [...byKind.values()].reduce((sum, { count }) => sum + count, 0);
    },
    add(kind, path, reason) {
      const found = byKind.get(kind) ?? { count: 0, entries: [] };
      byKind.set(kind, found);
      found.count++;
      if (found.entries.length < keptOfAKind)
        found.entries.push({ kind, path, ...(reason !== undefined && { reason }) });
    },
    counts: () => new Map(Array.from(byKind, ([kind, { count }]) => [kind, count])),
    entries: () => [...byKind.values()].flatMap(({ entries }) => entries),
    summary: () => Array.from(byKind, ([kind, { count }]) => `${count} ${counted(kind, count)}`).join(', '),
  };
}

/** `hidden folder` and `mask without image` have a plural; `truncated` and `.heic` have none. */
function counted(kind: string, count: number): string {
  return count === 1
    ? kind
    : kind.replace(/^((?:\w+ )*?)(folder|file|image|mask|label|link|entry|sample|key)\b/, plural);
}

function plural(_: string, before: string, noun: string): string {
  return `${before}${noun === 'entry' ? 'entries' : `${noun}s`}`;
}
