// JSON from strangers.

const colon = /\s*:/y;

/**
 * Parses a JSON object. Throws an Error for what is no JSON, no object, nests more than `deepest` levels, which would take memory out of
 * proportion, or has a key twice, of which JSON.parse would keep the last.
 */
export function strictJson(bytes: ArrayBuffer, deepest: number): Record<string, unknown> {
  const text = decoded(bytes);
  if (depthOf(text, deepest) > deepest) throw new Error(`JSON that nests more than ${deepest} deep`);
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('JSON that is no object');
  const twice = repeatedKey(text);
  if (twice !== undefined) throw new Error(`JSON with ${twice} twice`);
  return value as Record<string, unknown>;
}

function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error('no JSON: it is not UTF-8');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`no JSON: ${(cause as Error).message}`);
  }
}

/** How deep it nests, as far as `deepest`; it need not be valid. */
function depthOf(json: string, deepest: number): number {
  let [depth, most, inString] = [0, 0, false];
  for (let at = 0; at < json.length && most <= deepest; at++) {
    const character = json[at];
    if (character === '"') inString = !inString;
    else if (inString) at += character === '\\' ? 1 : 0;
    else if (character === '{' || character === '[') most = Math.max(most, ++depth);
    else if (character === '}' || character === ']') depth--;
  }
  return most;
}

/** A key that an object of this valid JSON has twice. */
function repeatedKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    if (json[at] === '{') open.push(new Set());
    else if (json[at] === '}') open.pop();
    else if (json[at] === '"') {
      const start = at;
      while (json[++at] !== '"') if (json[at] === '\\') at++;
      colon.lastIndex = at + 1;
      if (!colon.test(json)) continue; // a value
      const key = JSON.parse(json.slice(start, at + 1)) as string;
      if (open.at(-1)!.has(key)) return key;
      open.at(-1)!.add(key);
    }
  }
  return undefined;
}
