import { definePackage } from '../../tsup.base';

export default definePackage([
  'src/index.ts',
  'src/labels/index.ts',
  'src/testing/index.ts',
  'src/tensor/index.ts',
  'src/pipeline/index.ts',
  'src/pipeline/workers/index.ts',
  'src/pipeline/workers/masking-thread.ts', // started as a file, never imported
]);
