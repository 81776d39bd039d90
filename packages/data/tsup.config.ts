import { definePackage } from '../../tsup.base';

export default definePackage([
  'src/index.ts',
  'src/browser.ts',
  'src/sources/testing/index.ts',
  'src/loader/view-thread.ts', // started as a file, never imported
]);
