// Runs the examples of the README, word for word.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { markdownExamples } from '../../../scripts/examples/markdown-examples';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const names = ['first', 'model', 'workers', 'columns'] as const;
const examples = markdownExamples(readme).map(({ code }) => code);
const folder = mkdtempSync(join(tmpdir(), 'semmae-masking-readme-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the README', () => {
  beforeAll(async () => {
    expect(examples).toHaveLength(names.length);
    for (const [index, name] of names.entries()) writeFileSync(join(folder, `${name}.source.ts`), examples[index]!);
    writeFileSync(
      join(folder, 'strategy.source.ts'),
      `import { blockMasking } from '@semmae/masking';\nexport default blockMasking({ maskRatio: 0.6 });\n`,
    );
    const threads = join(repository, 'packages/masking/src/pipeline/workers/masking-thread.ts');
    await build({
      entryPoints: [
        ...['first', 'model', 'workers', 'strategy'].map((name) => ({
          in: join(folder, `${name}.source.ts`),
          out: name,
        })),
        { in: threads, out: 'masking-thread' },
      ],
      outdir: folder,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      conditions: ['@semmae/source', 'import'],
      nodePaths: [join(repository, 'node_modules')],
      mainFields: ['module', 'main'],
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  }, 60_000);

  function run(name: (typeof names)[number]): string[] {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, `${name}.js`)], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    return stdout.trimEnd().split('\n');
  }

  it('draws a mask', () => {
    const [counts, ...rows] = run('first');
    expect(counts).toBe('24 visible, 36 masked');
    expect(rows.map((row) => row.length)).toEqual([10, 10, 10, 10, 10, 10]);
    expect(rows.join('').match(/#/g)).toHaveLength(36);
  });

  it('trains a model of one’s own with four strategies', () => {
    const rows = run('model').map((line) => line.match(/^(\S+) (\d\.\d+) -> (\d\.\d+)$/)!);
    expect(rows.map(([, name]) => name)).toEqual(['random', 'block', 'semantic', 'attention-high']);
    for (const [, , before, after] of rows) expect(Number(after)).toBeLessThan(0.7 * Number(before));
  });

  it('adds masks in worker threads', () => {
    expect(run('workers')).toEqual(['0 a.png b.png 118', '0 c.png 118', '1 a.png b.png 118', '1 c.png 118']);
  });
});
