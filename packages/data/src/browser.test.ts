import { build } from 'esbuild';
import { expect, it } from 'vitest';

import { encodeNpy, syntheticPatchTensor } from './patch-tensors/__fixtures__/synthetic-patch-tensor';
import type { readPatchTensor } from './patch-tensors/read-patch-tensor';

it('is bundled for a page without anything of Node', async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: "export * from '@semmae/data/browser';", resolveDir: import.meta.dirname },
    ...{ bundle: true, write: false, metafile: true, format: 'esm', target: 'es2022', logLevel: 'silent' },
    platform: 'browser', // an import of a Node builtin fails here
    conditions: ['@semmae/source'],
  });
  expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
  const { text } = outputFiles[0]!;
  const bundle = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`)) as {
    readPatchTensor: typeof readPatchTensor;
  };
  const { values, order } = syntheticPatchTensor(1);
  const tensor = await bundle.readPatchTensor(encodeNpy(values, [196, 207], { type: '<f4', columnMajor: false }));
  expect([...tensor.order]).toEqual(order);
});
