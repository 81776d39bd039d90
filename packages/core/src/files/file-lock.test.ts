import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { takeLock } from './file-lock';

let scratch: string;
let path: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-lock-'));
  path = join(scratch, 'run.lock');
});
afterEach(() => rmSync(scratch, { recursive: true }));

const write = (pid: number, host = hostname()) => writeFileSync(path, JSON.stringify({ pid, host }));

describe('takeLock', () => {
  it('is taken once, and again after its release', () => {
    const first = takeLock(path)!;
    expect(takeLock(path)).toBeUndefined();
    first.release();
    expect(existsSync(path)).toBe(false);
    const second = takeLock(path)!;
    first.release(); // not its own any more
    expect(existsSync(path)).toBe(true);
    second.release();
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('respects a living process and one on another machine, and takes over from a dead one', () => {
    write(process.ppid);
    expect(takeLock(path)).toBeUndefined();
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    write(pid, 'elsewhere');
    expect(takeLock(path)).toBeUndefined();
    write(pid);
    const lock = takeLock(path)!;
    expect(readdirSync(scratch)).toEqual(['run.lock']);
    lock.release();
    write(process.pid); // of an earlier process with the same number
    takeLock(path)!.release();
    writeFileSync(path, ''); // just being written
    expect(takeLock(path)).toBeUndefined();
  });

  it('is released when the process ends', () => {
    const code = `import { takeLock } from ${JSON.stringify(join(import.meta.dirname, 'file-lock.ts'))}; takeLock(${JSON.stringify(path)}); throw new Error();`;
    writeFileSync(join(scratch, 'crash.mts'), code);
    const flags = ['--conditions=@semmae/source', '--import', import.meta.resolve('tsx')];
    spawnSync(process.execPath, [...flags, join(scratch, 'crash.mts')]);
    expect(existsSync(path)).toBe(false);
  });
});
