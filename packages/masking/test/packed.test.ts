// What a user installs: the packages built, packed, installed in an empty folder and used there.

import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { markdownExamples } from '../../../scripts/examples/markdown-examples';
import { findChromium } from '../../tfjs-backend-onnx/src/__fixtures__/chromium';
import { answerOfPage, answerOfScript, buildPage } from './built-page';
import { type InstalledPackages, installPacked, repository, run } from './packed-packages';

let user: InstalledPackages;

beforeAll(async () => {
  user = await installPacked(['core', 'masking']);
}, 180_000); // 10 s on a quiet machine

afterAll(() => user?.remove());

/** Runs the body of an async function in the user's folder, with every specifier loaded under its name. */
function runAs(format: 'ESM' | 'CommonJS', loaded: Record<string, string>, body: string): string {
  const head = Object.entries(loaded).map(([name, specifier]) =>
    format === 'ESM' ? `import * as ${name} from '${specifier}';` : `const ${name} = require('${specifier}');`,
  );
  const file = format === 'ESM' ? 'use.mjs' : 'use.cjs';
  writeFileSync(join(user.folder, file), `${head.join('\n')}\n(async () => {\n${body}\n})();\n`);
  return run(process.execPath, ['--no-warnings', file], user.folder);
}

const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

describe('the packed package', () => {
  it('installs nothing but itself and core', () => {
    const installed = readdirSync(join(user.folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed).toEqual(['@semmae']);
    expect(readdirSync(join(user.folder, 'node_modules/@semmae'))).toEqual(['core', 'masking']);
  });

  it('runs the first example of the README', () => {
    const readme = readFileSync(join(user.folder, 'node_modules/@semmae/masking/README.md'), 'utf8');
    writeFileSync(join(user.folder, 'example.mjs'), markdownExamples(readme)[0]!.code);
    const [counts, ...picture] = run(process.execPath, ['example.mjs'], user.folder).trimEnd().split('\n');
    expect(counts).toBe('24 visible, 36 masked');
    expect(picture).toHaveLength(6);
    for (const row of picture) expect(row).toMatch(/^[#.]{10}$/);
    expect(picture.join('').match(/#/g)).toHaveLength(36);
  });

  it('runs in a page that Vite built', async () => {
    const built = buildPage(page('page-masks'), user.folder);
    const answer = JSON.parse(await answerOfPage(built)) as { batchSize: number; masked: number[] };
    expect(answer.batchSize).toBe(2);
    // the masks of Node: nothing depends on the machine or on the minifier
    expect(answer).toEqual(JSON.parse(answerOfScript(join(user.folder, 'page-masks/main.js'))));
  }, 30_000);
});

describe.each(['ESM', 'CommonJS'] as const)('loaded as %s', (format) => {
  it('masks', () => {
    const body = `const context = { grid: masking.createPatchGrid(4, 4), progress: 0 };
      console.log(masking.randomMasking().sample(context, masking.createRng(1)).masked.length);`;
    expect(runAs(format, { masking: '@semmae/masking' }, body)).toBe('12\n');
  });

  it('masks a pipeline, in this thread and in others', () => {
    const strategy = join(user.folder, 'strategy.mjs');
    writeFileSync(strategy, `import { randomMasking } from '@semmae/masking';\nexport default randomMasking();\n`);
    const loaded = {
      masking: '@semmae/masking',
      pipeline: '@semmae/masking/pipeline',
      threads: '@semmae/masking/workers',
    };
    const body = `const context = { grid: masking.createPatchGrid(4, 4), progress: 0 };
      const description = { keysOf: ({ keys }) => keys, contextOf: () => context };
      const batches = [{ keys: [5, 7] }, { keys: [2, 3] }];
      const workers = threads.maskingWorkers({ module: '${pathToFileURL(strategy)}', seed: 1, workers: 2 });
      const masked = [[], []];
      const here = pipeline.withMasks(batches, masking.randomMasking(), { seed: 1, ...description });
      for await (const { masks } of here) masked[0].push(...masks.masked);
      for await (const { masks } of workers.withMasks(batches, description)) masked[1].push(...masks.masked);
      await workers.close();
      console.log(masked[0].length, masked[0].join() === masked[1].join());`;
    expect(runAs(format, loaded, body)).toBe('48 true\n');
  });
});

describe('with tfjs beside it', () => {
  beforeAll(() => {
    // as good as an install, and nothing is fetched
    symlinkSync(
      join(repository, 'node_modules/@tensorflow'),
      join(user.folder, 'node_modules/@tensorflow'),
      'junction',
    );
  });

  it.each(['ESM', 'CommonJS'] as const)('gathers tensors, loaded as %s', (format) => {
    const loaded = {
      masking: '@semmae/masking',
      tensor: '@semmae/masking/tensor',
      tf: '@tensorflow/tfjs-core',
      cpu: '@tensorflow/tfjs-backend-cpu',
    };
    const body = `const mask = masking.createPatchMask({ patchCount: 3, masked: [1] });
      const patches = tf.tensor3d([10, 20, 30], [1, 3, 1]);
      const seen = tensor.gatherVisible(patches, tensor.maskTensors(masking.maskBatch([mask])));
      console.log(seen.shape.join(), (await seen.data()).join());`;
    expect(runAs(format, loaded, body)).toBe('1,2,1 10,30\n');
  });

  it('runs in a page that Vite built, pipeline and tensors', async (context) => {
    const built = buildPage(page('page-tensors'), user.folder);
    if (findChromium() === undefined) return context.skip('no Chromium, and tfjs built for pages does not run in Node');
    const [answer] = JSON.parse(await answerOfPage(built)) as [{ visible: number[]; seen: number[]; shape: number[] }];
    expect(answer.shape).toEqual([2, 4, 1]);
    expect(answer.seen).toEqual(answer.visible.map((patch, index) => patch + (index < 4 ? 0 : 16)));
  }, 30_000);
});
