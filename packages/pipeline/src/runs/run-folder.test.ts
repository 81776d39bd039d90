import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { enterRunFolder } from './run-folder';
import type { ResumePolicy } from './stage-options';

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-run-'));
});
afterEach(() => rmSync(scratch, { recursive: true }));

const open = (resume: ResumePolicy, settings: Record<string, unknown> = { seed: 1, batchSize: [2] }, name = 'run') =>
  enterRunFolder({ folder: join(scratch, name), settings, resume });

describe('enterRunFolder', () => {
  it('begins, refuses and continues', () => {
    expect(() => open('require')).toThrow(
      /^`resume`: .*run must hold a run, got none there; start it without `resume`$/,
    );
    const path = open('refuse');
    expect([path, existsSync(join(path, '.writable'))]).toEqual([join(scratch, 'run'), false]);
    expect(() => open('refuse')).toThrow(/^`out`: must not hold a run already, got .*run; pass `resume`/);
    expect([open('require'), open('if-there')]).toEqual([path, path]);
  });

  it('names the setting that differs', () => {
    open('if-there');
    expect(() => open('if-there', { seed: 1, batchSize: [3] })).toThrow(
      '`resume`: `batchSize.0` must be 2, as when the run began, got 3; repeat the first command with `resume`',
    );
    const mismatch = { where: '`out`', remedy: 'choose another `out`' };
    const settings = { seed: 2, batchSize: [2] };
    expect(() => enterRunFolder({ folder: join(scratch, 'run'), settings, resume: 'if-there', mismatch })).toThrow(
      /^`out`: `seed` must be 1, as when the run began, got 2; choose another `out`$/,
    );
    expect(() => open('if-there', { seed: 1 })).toThrow('`batchSize` must be [2], as when the run began, got nothing');
  });

  it('says in one line that a folder cannot be written or is damaged', () => {
    writeFileSync(join(scratch, 'file'), '');
    expect(() => open('refuse', {}, 'file/run')).toThrow(
      /^`out`: .*file\/run must be a folder that can be written, got ENOTDIR[^\n]*$/,
    );
    writeFileSync(join(open('refuse'), 'config.json'), '{');
    expect(() => open('require')).toThrow(/config\.json: must hold the settings of a run as JSON/);
  });
});
