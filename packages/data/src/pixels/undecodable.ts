// Why the bytes of a file give no picture.

/** The file is at fault, not the settings: it is left out, and counted under `kind` (`truncated`, `corrupt`). */
export class Undecodable extends Error {
  readonly kind: string;

  constructor(kind: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'Undecodable';
    this.kind = kind;
  }
}
