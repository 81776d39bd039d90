// What a page pays for @semmae/masking: each entry bundled with all it needs, minified and gzipped. The main entry has a limit
// and may leave no import behind.

import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const limit = 12_000; // bytes
const folder = resolve(import.meta.dirname, '../packages/masking');
const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
  exports: Record<string, string | Record<string, string>>;
};

const sizes = new Map<string, number>();
const leftovers: string[] = [];
for (const [path, conditions] of Object.entries(exports)) {
  if (typeof conditions === 'string') continue; // package.json
  const { size, imports } = await bundled(join(folder, conditions['@semmae/source']!));
  sizes.set(path, size);
  if (path === '.') leftovers.push(...imports);
}

const size = sizes.get('.')!;
const others = [...sizes].filter(([path]) => path !== '.').map(([path, bytes]) => `${path} ${written(bytes)}`);
console.log(
  `@semmae/masking: ${written(size)} bytes minified and gzipped, limit ${written(limit)}; other entries: ${others.join(', ')}`,
);
if (size >= limit) console.error('check-size: the main entry is too large; move something to an entry of its own');
if (leftovers.length > 0)
  console.error(`check-size: the main entry must stand alone, it imports ${leftovers.join(', ')}`);
process.exitCode = size >= limit || leftovers.length > 0 ? 1 : 0;

/** Bytes of the entry after `gzip -9`, without Node's modules, tfjs and vitest, and which of those it imports. */
async function bundled(entry: string): Promise<{ size: number; imports: string[] }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    mainFields: ['module', 'main'],
    conditions: ['@semmae/source', 'import'],
    external: ['node:*', ...builtinModules, '@tensorflow/*', 'vitest'],
    logLevel: 'error',
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  return { size: gzipSync(outputFiles[0]!.contents, { level: 9 }).length, imports };
}

function written(bytes: number): string {
  return bytes.toLocaleString('en');
}
