import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { lockRun } from './run-lock';

let scratch: string;
let path: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-lock-'));
  path = join(scratch, 'run.lock');
});
afterEach(() => rmSync(scratch, { recursive: true }));

describe('lockRun', () => {
  it('names the holder', () => {
    writeFileSync(path, JSON.stringify({ pid: process.ppid, host: 'elsewhere' }));
    expect(() => lockRun(path)).toThrow(
      `\`out\`: must have one writer at a time, got process ${process.ppid} on elsewhere, which writes there; wait for it or choose another \`out\`; if it is long gone, delete ${path}`,
    );
    rmSync(path);
    lockRun(path).release();
  });
});
