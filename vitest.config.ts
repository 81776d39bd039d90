import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Workspace imports resolve to sources, so tests need no build.
  resolve: { conditions: ['@semmae/source', 'node', 'import', 'module', 'default'] },
  ssr: { resolve: { conditions: ['@semmae/source', 'node', 'import', 'module', 'default'] } },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'examples/*/{src,test}/**/*.test.ts', 'scripts/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    env: { SEMMAE_CACHE: 'off' }, // tests leave nothing in the user's cache folder
    reporters: ['default'],
  },
});
