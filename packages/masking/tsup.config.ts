import { definePackage } from '../../tsup.base';

export default definePackage([
  'src/index.ts',
  'src/noise/index.ts',
  'src/regions/index.ts',
  'src/corruption/index.ts',
  'src/multi-block/index.ts',
  'src/labels/index.ts',
  'src/testing/index.ts',
  'src/tensor/index.ts',
  'src/pipeline/index.ts',
  'src/pipeline/workers/index.ts',
  'src/pipeline/workers/masking-thread.ts', // started as a file, never imported
]);
