// Why the bytes of a file give no picture.

import { escapeControls } from '@semmae/core';

/**
 * The file does not give what the settings ask for: it is left out, and counted under `kind`. Files at fault are `truncated`,
 * `damaged`, `empty file`, `no image`; for others than those that are read here, or other settings, `unsupported format`, `too large`,
 * `no value range`, `bands`, `unsupported color`, `linear light`, `several pages`, `NaN in pixels`, `infinite pixels`.
 */
export class Undecodable extends Error {
  readonly kind: string;

  constructor(kind: string, reason: string, cause?: unknown) {
    super(escapeControls(reason), cause === undefined ? undefined : { cause });
    this.name = 'Undecodable';
    this.kind = kind;
  }
}
