// What a user installs: both packages built, packed, installed in an empty folder and used there.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const workplace = mkdtempSync(join(tmpdir(), 'semmae-masking-packed-'));
const userFolder = join(workplace, 'user');

function run(command: string, parameters: string[], cwd: string): string {
  return execFileSync(command, parameters, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Builds and packs a copy of the package, so that the working tree and its `dist` stay as they are. */
function pack(name: string): string {
  const folder = join(workplace, 'packages', name);
  cpSync(join(repository, 'packages', name), folder, {
    recursive: true,
    filter: (path) => !/[\\/](node_modules|dist|test)$/.test(path),
  });
  run(process.execPath, [join(repository, 'node_modules/tsup/dist/cli-default.js')], folder);
  const tarball = run('npm', ['pack', '--silent', '--pack-destination', userFolder], folder).trim().split('\n').at(-1)!;
  return `./${tarball}`;
}

beforeAll(() => {
  mkdirSync(userFolder);
  for (const file of ['tsup.base.ts', 'tsconfig.base.json']) cpSync(join(repository, file), join(workplace, file));
  symlinkSync(join(repository, 'node_modules'), join(workplace, 'node_modules'), 'junction');
  const tarballs = ['core', 'masking'].map(pack);
  writeFileSync(join(userFolder, 'package.json'), '{ "name": "user", "private": true }\n');
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs], userFolder);
}, 60_000);

afterAll(() => rmSync(workplace, { recursive: true, force: true }));

describe('the packed package', () => {
  it('installs nothing but itself, core and the random number generator', () => {
    const installed = readdirSync(join(userFolder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed).toEqual(['@semmae', 'pure-rand']);
    expect(readdirSync(join(userFolder, 'node_modules/@semmae'))).toEqual(['core', 'masking']);
  });

  const use = `console.log(masking.randomMasking().sample({ grid: masking.createPatchGrid(4, 4), progress: 0 }, masking.createRng(1)).masked.length);\n`;

  it.each([
    ['ESM', 'use.mjs', `import * as masking from '@semmae/masking';\n${use}`],
    ['CommonJS', 'use.cjs', `const masking = require('@semmae/masking');\n${use}`],
  ])('loads as %s', (_, file, source) => {
    writeFileSync(join(userFolder, file), source);
    expect(run(process.execPath, ['--no-warnings', file], userFolder)).toBe('12\n');
  });

  it('runs the first example of the README', () => {
    const readme = readFileSync(join(userFolder, 'node_modules/@semmae/masking/README.md'), 'utf8');
    const [, example] = readme.match(/```js\n([\s\S]*?)```/)!;
    writeFileSync(join(userFolder, 'example.mjs'), example!);
    const [counts, ...picture] = run(process.execPath, ['example.mjs'], userFolder).trimEnd().split('\n');
    expect(counts).toBe('24 visible, 36 masked');
    expect(picture).toHaveLength(6);
    for (const row of picture) expect(row).toMatch(/^[#.]{10}$/);
    expect(picture.join('').match(/#/g)).toHaveLength(36);
  });
});
