import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll } from 'vitest';

import { arraySource } from '../array-source';
import { openSource } from '../open-source';
import { describeImageSource } from '../testing/describe-image-source';
import { packShards } from './pack-shards';

const root = mkdtempSync(join(tmpdir(), 'tar-contract-'));
afterAll(() => rmSync(root, { recursive: true }));

beforeAll(async () => {
  const samples = Array.from({ length: 31 }, (_, index) => ({
    image: { height: 3, width: 2, channels: 1, pixels: new Uint8Array(6).fill(index) },
    label: index % 3,
    ...(index % 2 === 0 && { mask: { height: 3, width: 2, ids: new Uint8Array(6).fill(index) } }),
  }));
  const source = arraySource(samples, { classNames: ['ant', 'bee', 'cow'] });
  for (const extension of ['tar', 'tar.gz']) {
    await packShards(source, { out: join(root, extension, `{0..}.${extension}`), maxImages: 7 });
  }
});

for (const extension of ['tar', 'tar.gz']) {
  describeImageSource(() => openSource(join(root, extension)), { title: `shards, .${extension}`, length: 31 });
}
