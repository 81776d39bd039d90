// An image that cannot be used because its file is damaged, which one finds out by reading it.

const marker = Symbol.for('@semmae/unreadable-image');

export interface UnreadableImageOptions {
  /** The `id` in its data set. */
  id: string;
  /** What is wrong in a word, for counting: `truncated`, `corrupt`. */
  kind: string;
  /** One line. */
  reason: string;
  cause?: unknown;
}

export class UnreadableImage extends Error {
  readonly id: string;
  readonly kind: string;
  readonly reason: string;

  constructor({ id, kind, reason, cause }: UnreadableImageOptions) {
    super(`${id} cannot be read: ${reason}`, cause === undefined ? undefined : { cause });
    this.name = 'UnreadableImage';
    this.id = id;
    this.kind = kind;
    this.reason = reason;
    Object.defineProperty(this, marker, { value: true });
  }

  /** True for an UnreadableImage of any installed copy of this package. */
  static isInstance(error: unknown): error is UnreadableImage {
    return error instanceof Error && marker in error;
  }
}

/** What kept an image from being read as an UnreadableImage. */
export function unreadableImage(id: string, cause: unknown): UnreadableImage {
  if (UnreadableImage.isInstance(cause)) return cause;
  const { kind, code } = cause as { kind?: string; code?: string };
  const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0]!;
  return new UnreadableImage({ id, kind: kind ?? kindOfCode(code), reason, cause });
}

function kindOfCode(code: string | undefined): string {
  if (code === 'ENOENT') return 'vanished';
  return code === 'EACCES' || code === 'EPERM' ? 'without permission' : 'unreadable';
}
