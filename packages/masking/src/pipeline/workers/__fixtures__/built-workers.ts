// The entry and a user's module built to JavaScript, as threads need them: vitest lends its TypeScript to no thread.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Builds into a folder of its own and returns its URL, with a slash at the end. */
export async function buildWorkers(): Promise<{ folder: URL; remove(): void }> {
  const outdir = mkdtempSync(join(tmpdir(), 'semmae-masking-workers-'));
  const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  await build({
    entryPoints: {
      index: source('../index.ts'),
      'masking-thread': source('../masking-thread.ts'),
      strategies: source('./user-strategies.ts'),
      interrupted: source('./interrupted.ts'),
    },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@semmae/source', 'import'],
  });
  writeFileSync(join(outdir, 'package.json'), '{ "type": "module" }');
  return { folder: pathToFileURL(`${outdir}/`), remove: () => rmSync(outdir, { recursive: true, force: true }) };
}
