import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ReproOptions } from './options';
import { openRunFolder } from './run-folder';

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-run-'));
});
afterEach(() => rmSync(scratch, { recursive: true }));

const options = (changes: Partial<ReproOptions> = {}): ReproOptions => ({
  preset: 'quick',
  data: undefined,
  out: join(scratch, 'run'),
  seeds: 1,
  strategies: ['random'],
  backend: 'cpu',
  resume: false,
  ...changes,
});

describe('openRunFolder', () => {
  it('does each stage once, also after reopening', async () => {
    let calls = 0;
    const work = async () => ({ answer: ++calls });
    expect(await openRunFolder(options()).once('models/a/result', work)).toEqual({ answer: 1 });
    expect(await openRunFolder(options({ resume: true })).once('models/a/result', work)).toEqual({ answer: 1 });
    expect(calls).toBe(1);
  });

  it('never overwrites a run', () => {
    openRunFolder(options());
    expect(() => openRunFolder(options())).toThrow(/--out: must not hold a run already, got .*; pass --resume/);
  });

  it('refuses to resume what is not there, or under other settings', () => {
    expect(() => openRunFolder(options({ resume: true }))).toThrow(/--resume: .* must hold a run/);
    openRunFolder(options());
    expect(() => openRunFolder(options({ resume: true, seeds: 2 }))).toThrow(
      '--resume: --seeds must be 1, as when the run began, got 2',
    );
  });

  it('says in one line that a folder cannot be written', () => {
    const file = join(scratch, 'file');
    writeFileSync(file, '');
    expect(() => openRunFolder(options({ out: join(file, 'run') }))).toThrow(
      /--out: .* must be a folder that can be written, got ENOTDIR/,
    );
  });

  it('names a damaged settings file', () => {
    const { path } = openRunFolder(options());
    writeFileSync(join(path, 'config.json'), '{');
    expect(() => openRunFolder(options({ resume: true }))).toThrow(
      /config\.json: must hold the settings of a run as JSON/,
    );
  });
});
