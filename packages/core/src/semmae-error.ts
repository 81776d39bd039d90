// The one error family of @semmae: `where: what must hold, got value; what to do`.

const marker = Symbol.for('@semmae/error');

export interface SemmaeErrorOptions {
  /** The function, option or file that noticed the problem. */
  where: string;
  /** What must hold, as a phrase: "maskRatio must be between 0 and 1". */
  requirement: string;
  /** What was there instead. */
  got: unknown;
  /** What the reader can do about it. */
  remedy?: string | undefined;
  cause?: unknown;
}

/** Bad input or an impossible request, said in one line that names the place, the rule, the value and the way out. */
export class SemmaeError extends Error {
  readonly where: string;
  readonly requirement: string;
  readonly got: unknown;
  readonly remedy: string | undefined;

  constructor({ where, requirement, got, remedy, cause }: SemmaeErrorOptions) {
    const advice = remedy === undefined ? '' : `; ${remedy}`;
    const message = escapeControls(`${where}: ${requirement}, got ${describeValue(got)}${advice}`);
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SemmaeError';
    this.where = where;
    this.requirement = requirement;
    this.got = got;
    this.remedy = remedy;
    Object.defineProperty(this, marker, { value: true });
  }

  /** True for a SemmaeError of any installed copy of this package. */
  static isInstance(error: unknown): error is SemmaeError {
    return error instanceof Error && marker in error;
  }
}

const longestList = 8;
/** Files may hold anything in place of a word. */
const longestText = 1000;

/** File names and values may hold anything; a text stays one line, and no terminal obeys it. */
export function escapeControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function describeValue(value: unknown): string {
  const text = textOf(value);
  return text.length > longestText ? `${text.slice(0, longestText)}… (${text.length} characters)` : text;
}

function textOf(value: unknown): string {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const items = Array.from(value as ArrayLike<unknown>).map(String);
    const shown = items.slice(0, longestList).join(', ');
    return `[${shown}${items.length > longestList ? `, … (${items.length} values)` : ''}]`;
  }
  if (value instanceof Error) return value.message;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
