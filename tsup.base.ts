// One build for every package: ESM with types; dependencies stay imports.

import { defineConfig, type Options } from 'tsup';

export function definePackage(entry: string[]): ReturnType<typeof defineConfig> {
  const options: Options = {
    entry,
    format: 'esm',
    target: 'node20',
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } }, // tsup sets baseUrl, which TypeScript 6 deprecates
    sourcemap: true,
    clean: true,
    splitting: true,
  };
  return defineConfig(options);
}
