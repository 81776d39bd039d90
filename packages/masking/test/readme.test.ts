// Runs what the README shows of tfjs models, pipelines and worker threads, word for word.

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
const [, section] = readme.match(/## In your own tfjs model([\s\S]*?)## A strategy of your own/)!;
const examples = markdownExamples(section!).map(({ code }) => code);
const folder = mkdtempSync(join(tmpdir(), 'semmae-masking-readme-'));

beforeAll(async () => {
  const names = ['model', 'pipeline', 'strategy', 'train'];
  expect(examples).toHaveLength(names.length);
  for (const [index, name] of names.entries()) writeFileSync(join(folder, `${name}.source.js`), examples[index]!);
  const threads = join(repository, 'packages/masking/src/pipeline/workers/masking-thread.ts');
  await build({
    entryPoints: [
      ...names.map((name) => ({ in: join(folder, `${name}.source.js`), out: name })),
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
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(name: string): string[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, `${name}.js`)], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return stdout.trimEnd().split('\n');
}

describe('the README', () => {
  it('trains a model of one’s own with four strategies', () => {
    const rows = run('model').map((line) => line.match(/^(\S+) (\d\.\d+) -> (\d\.\d+)$/)!);
    expect(rows.map(([, name]) => name)).toEqual(['random', 'block', 'semantic', 'attention-high']);
    for (const [, , before, after] of rows) expect(Number(after)).toBeLessThan(0.7 * Number(before));
  });

  it('adds masks to a pipeline', () => {
    expect(run('pipeline')).toEqual(['a.png b.png 2 147', 'c.png 1 147']);
  });

  it('adds them in worker threads', () => {
    expect(run('train')).toEqual(['0 a.png b.png 118', '0 c.png 118', '1 a.png b.png 118', '1 c.png 118']);
  });
});
