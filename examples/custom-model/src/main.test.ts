// Runs the program as its user does, for two steps.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));

function start(...parameters: string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', '--conditions=@semmae/source', 'src/main.ts', ...parameters], {
    cwd: folder,
    encoding: 'utf8',
  });
}

describe('custom-model', () => {
  it('lowers the loss with every strategy in two steps and prints one row for each', () => {
    const { status, stdout } = start('--steps', '2');
    expect(status).toBe(0);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .slice(2)
      .map((line) => line.trim().split(/\s+/));
    expect(rows.map(([name]) => name)).toEqual(['random', 'block', 'semantic']);
    for (const [, before, after, afterOnReference] of rows) {
      expect(Number(after)).toBeLessThan(Number(before));
      expect(Number(afterOnReference)).toBeGreaterThan(0);
    }
  });

  it.each([
    [['--steps', 'two'], '--steps must be an integer from 1 to 100000, got two\n'],
    [['--steps', '0'], '--steps must be an integer from 1 to 100000, got 0\n'],
    [['--steps', '-2'], "Option '--steps' argument is ambiguous"],
    [['--step', '2'], "Unknown option '--step'"],
  ])('answers %o with one line and status 1', (parameters, message) => {
    const { status, stdout, stderr } = start(...parameters);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
