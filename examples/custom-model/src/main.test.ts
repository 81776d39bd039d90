// Runs the program as its user does, for two steps.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

import { markdownExamples } from '../../../scripts/examples/markdown-examples';

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
      .map((line) => line.replace(' %', '%').trim().split(/\s+/));
    expect(rows.map(([name, hidden]) => [name, hidden])).toEqual([
      ['random', '61%'], // 39 of 64
      ['block', '61%'],
      ['semantic', '61%'],
      ['attention-hint', '61%'],
      ['color-green', '61%'],
      ['multi-block', expect.stringMatching(/^[4-8]\d%$/)], // 33 to 57 of 64, by the sizes drawn for the batch
    ]);
    for (const [, , before, after, afterOnReference] of rows) {
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

it('shows in its README what is in the program', () => {
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  const [shown] = markdownExamples(read('README.md'));
  expect(read('src/training.ts')).toContain(shown!.code);
  const { scripts, name } = JSON.parse(read('package.json'));
  for (const [, command] of read('README.md').matchAll(/^npm (\S+) -w/gm)) expect(scripts).toHaveProperty(command!);
  expect(read('README.md')).toContain(`-w ${name}`);
});
