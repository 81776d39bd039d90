// Where two sets of settings part, in words that fit into one line.

export interface Difference {
  /** Keys and indices on the way to the setting, such as `recipe.views.scale.0`. */
  path: string;
  /** As JSON, shortened; undefined where one side has no such setting. */
  before: string | undefined;
  now: string | undefined;
}

const longestValue = 80;

/** The first setting that differs between two values of plain JSON; undefined where they are equal. The order of keys does not matter. */
export function firstDifference(before: unknown, now: unknown, path = ''): Difference | undefined {
  if (isGroup(before) && isGroup(now) && Array.isArray(before) === Array.isArray(now)) {
    for (const key of new Set([...Object.keys(now), ...Object.keys(before)])) {
      const difference = firstDifference(before[key], now[key], path === '' ? key : `${path}.${key}`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  const [was, is] = [JSON.stringify(before), JSON.stringify(now)];
  return was === is ? undefined : { path, before: shortened(was), now: shortened(is) };
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function shortened(json: string | undefined): string | undefined {
  return json === undefined || json.length <= longestValue ? json : `${json.slice(0, longestValue)}…`;
}
