// Bundles tfjs-core's tests, which npm ships beside its library, and runs them on this backend.
// Arguments: a part of the specs' names, to run only those.

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const core = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json'));
const bundle = join(here, '..', '.cache', 'conformance.mjs');

await build({
  entryPoints: [join(here, 'suite.ts')],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'error',
  ignoreAnnotations: true, // tfjs marks its tests as free of side effects: they would be shaken away
  alias: { '@tensorflow/tfjs-core': core },
  mainFields: ['module', 'main'],
  external: ['jasmine-core', 'onnxruntime-common', 'onnxruntime-node'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
const { status } = spawnSync(process.execPath, ['--stack-size=4000', bundle, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
