// Part maps are joined to the images of any source by their ids.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createPatchGrid } from '@semmae/core';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { imageDataset } from '../image-dataset-of';
import { subset } from '../selection/subset';
import { openSource } from '../sources/open-source';
import { openPartShard } from './open-part-shard';
import { withPartMaps } from './with-part-maps';
import { writePartShard } from './write-part-shard';

const fixtures = (path: string) => fileURLToPath(new URL(`../sources/${path}`, import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'part-maps-of-sources-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it.each([
  ['Parquet', fixtures('parquet/__fixtures__/birds')],
  ['CIFAR', fixtures('__fixtures__/cifar-10')],
  ['idx', fixtures('__fixtures__/idx')],
])('joins maps to the images of %s, in another order', async (_, path) => {
  const imageSize = { height: 16, width: 16 };
  const open = async () => imageDataset(await openSource(path), { imageSize });
  const dataset = await open();
  const shardPath = join(folder, 'parts.safetensors');
  const writer = await writePartShard(shardPath, {
    ...{ grid: createPatchGrid(2, 3), partCount: 19, hasBackground: true, encoder: { id: 'test', hash: 'ab12' } },
    ...{ softmaxAxis: 'parts', cropPolicy: 'cover, center crop', blur: 'none', background: 'none', imageSize },
    scores: 'none',
  });
  for (let index = 0; index < dataset.length; index++) {
    const labels = new Uint8Array(6).fill(index);
    await writer.append({ id: dataset.idAt(index), labels, fingerprint: await dataset.fingerprint(index) });
  }
  await writer.finish();
  const last = dataset.length - 1;
  const mapped = await withPartMaps(subset(await open(), [last, 1]), await openPartShard(shardPath));
  expect([...(await mapped.get(0)).patchParts!.labels]).toEqual(Array(6).fill(last));
  expect([...(await mapped.get(1)).patchParts!.labels]).toEqual(Array(6).fill(1));
});
