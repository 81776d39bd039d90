// Bundles tfjs-core's tests, which npm ships beside its library, and runs them on this backend.
// Arguments: a part of the specs' names, to run only those; `--provider webgpu` for another provider (on a software Vulkan driver
// where one is installed, unless VK_ICD_FILENAMES is set).

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { build } from 'esbuild';

import { softwareVulkanEnvironment } from '../src/__fixtures__/software-vulkan';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { provider: { type: 'string', default: 'cpu' } },
});
const { provider } = values;
const here = dirname(fileURLToPath(import.meta.url));
const core = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json'));
const bundle = join(here, '..', '.cache', `conformance-${provider}.mjs`);

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
  external: ['jasmine-core', 'onnxruntime-common', 'onnxruntime-node', 'onnxruntime-web'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
const driver =
  provider === 'webgpu' && process.env.VK_ICD_FILENAMES === undefined ? softwareVulkanEnvironment() : undefined;
const { status } = spawnSync(process.execPath, ['--stack-size=4000', bundle, ...positionals], {
  stdio: 'inherit',
  env: { ...process.env, ...driver, CONFORMANCE_PROVIDER: provider },
});
process.exit(status ?? 1);
