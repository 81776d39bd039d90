// Why the bytes of a file give no picture.

import { escapeControls } from '@semmae/core';

/**
 * The file does not give what the settings ask for: it is left out, and counted under `kind`. Files at fault are `truncated`,
 * `damaged`, `empty file`, `unrecognized`; for others than those that are read here, or other settings, `unsupported format`, `too large`,
 * `without value range`, `with unclear bands`, `unsupported color`, `linear light`, `several pages`, `NaN in pixels`, `infinite pixels`,
 * `unsuited labels`. `unreadable mask` is an image whose label file gives no labels, `ends its decoder` one that ended a thread twice.
 */
export class Undecodable extends Error {
  readonly kind: string;

  constructor(kind: string, reason: string, cause?: unknown) {
    super(escapeControls(reason), cause === undefined ? undefined : { cause });
    this.name = 'Undecodable';
    this.kind = kind;
  }
}
