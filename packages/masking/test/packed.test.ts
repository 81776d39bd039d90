// What a user installs: the packages built, packed, installed in an empty folder and used there.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { answerOfPage, buildPage } from './built-page';
import { installPacked, run } from './packed-packages';

let user: ReturnType<typeof installPacked>;

beforeAll(() => {
  user = installPacked(['core', 'masking']);
}, 60_000);

afterAll(() => user?.remove());

describe('the packed package', () => {
  it('installs nothing but itself and core', () => {
    const installed = readdirSync(join(user.folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed).toEqual(['@semmae']);
    expect(readdirSync(join(user.folder, 'node_modules/@semmae'))).toEqual(['core', 'masking']);
  });

  const use = `console.log(masking.randomMasking().sample({ grid: masking.createPatchGrid(4, 4), progress: 0 }, masking.createRng(1)).masked.length);\n`;

  it.each([
    ['ESM', 'use.mjs', `import * as masking from '@semmae/masking';\n${use}`],
    ['CommonJS', 'use.cjs', `const masking = require('@semmae/masking');\n${use}`],
  ])('loads as %s', (_, file, source) => {
    writeFileSync(join(user.folder, file), source);
    expect(run(process.execPath, ['--no-warnings', file], user.folder)).toBe('12\n');
  });

  it('runs in a page that Vite built', async () => {
    const built = buildPage(fileURLToPath(new URL('vite-page', import.meta.url)), user.folder);
    const answer = JSON.parse(await answerOfPage(built)) as { batchSize: number; masked: number[] };
    expect(answer.batchSize).toBe(2);
    // the same masks as here: nothing depends on the machine or on the minifier
    writeFileSync(join(user.folder, 'main.mjs'), readFileSync(join(user.folder, 'page/main.js')));
    expect(answer).toEqual(JSON.parse(run(process.execPath, ['main.mjs'], user.folder)));
  }, 30_000);

  it('runs the first example of the README', () => {
    const readme = readFileSync(join(user.folder, 'node_modules/@semmae/masking/README.md'), 'utf8');
    const [, example] = readme.match(/```js\n([\s\S]*?)```/)!;
    writeFileSync(join(user.folder, 'example.mjs'), example!);
    const [counts, ...picture] = run(process.execPath, ['example.mjs'], user.folder).trimEnd().split('\n');
    expect(counts).toBe('24 visible, 36 masked');
    expect(picture).toHaveLength(6);
    for (const row of picture) expect(row).toMatch(/^[#.]{10}$/);
    expect(picture.join('').match(/#/g)).toHaveLength(36);
  });
});
