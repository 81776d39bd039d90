// Runs the fuzzer of a package: npm run fuzz -- checkpoints [its arguments].

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const name = process.argv[2] ?? '';
const program = join(resolve(import.meta.dirname, '../packages'), name, 'test/fuzz/run.ts');
if (/^[\w-]+$/.test(name) && existsSync(program)) await import(pathToFileURL(program).href);
else {
  console.error(`fuzz: must name a package that has a fuzzer, got ${name || 'none'}; npm run fuzz -- checkpoints`);
  process.exitCode = 1;
}
