import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createPatchGrid, createRng, majorityLabels } from '@semmae/core';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageDataset } from '../image-dataset';
import { imageDataset } from '../image-dataset-of';
import { partDataset } from '../part-images/part-dataset';
import { subset } from '../selection/subset';
import { openFolderSource } from '../sources/files/open-folder-source';
import { applyViewToPatches, applyViewToPixels } from '../views/apply-view-to-map';
import { sampleView } from '../views/view';
import { openPartShard } from './open-part-shard';
import { withPartMaps } from './with-part-maps';
import { writePartShard } from './write-part-shard';

let root: string;
let path: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'with-part-maps-'));
  path = join(root, 'parts.safetensors');
});
afterEach(() => rm(root, { recursive: true }));

const grid = createPatchGrid(5, 7);

async function extract(dataset: ImageDataset, height: number, width: number): Promise<void> {
  const writer = await writePartShard(path, {
    grid,
    partCount: 9,
    hasBackground: true,
    encoder: { id: 'test', hash: 'ab12' },
    softmaxAxis: 'parts',
    cropPolicy: 'cover, center crop',
    blur: 'none',
    background: 'none',
    imageSize: { height, width },
    scores: 'float16',
  });
  for (let index = 0; index < dataset.length; index++) {
    const { id, parts } = await dataset.get(index);
    const labels = parts ? majorityLabels(parts, { height, width }, grid) : new Uint8Array(35).fill(index);
    const scores = Float32Array.from(labels, (label, patch) => label + patch / 64); // halves are exact here
    await writer.append({ id, labels, scores, fingerprint: await dataset.fingerprint(index) });
  }
  await writer.finish();
}

describe('withPartMaps', () => {
  it('brings maps that flip and crop with the image', async () => {
    const dataset = partDataset({ seed: 1, count: 5, height: 40, width: 56 });
    await extract(dataset, 40, 56);
    const shard = await openPartShard(path);
    const mapped = await withPartMaps(subset(dataset, [3, 1]), shard);
    expect([mapped.length, mapped.name, mapped.idAt(0)]).toEqual([2, 'parts-pretrain', 'pretrain/3']);
    const rng = createRng(2);
    for (const index of [0, 1]) {
      const image = await mapped.get(index);
      const source = { sourceHeight: 40, sourceWidth: 56 };
      const { labels, scores } = image.patchParts!;
      // every pixel of a patch given its label or score: the same look-up at pixel resolution
      const spread = <M extends Uint8Array | Float32Array>(map: M): M =>
        Uint16Array.from({ length: 40 * 56 }, (_, i) => Math.floor(i / 56 / 8) * 7 + Math.floor((i % 56) / 8)).reduce(
          (pixels, patch, pixel) => {
            pixels[pixel] = map[patch]!;
            return pixels;
          },
          (map instanceof Uint8Array ? new Uint8Array(40 * 56) : new Float32Array(40 * 56)) as M,
        );
      for (let round = 0; round < 20; round++) {
        const view = sampleView(rng, source);
        const options = { ...source, sourceGrid: image.patchParts!.grid, targetGrid: createPatchGrid(11, 13) };
        const target = { ...source, height: 11, width: 13 };
        expect(applyViewToPatches(labels, view, options)).toEqual(applyViewToPixels(spread(labels), view, target));
        expect(applyViewToPatches(scores!, view, options)).toEqual(applyViewToPixels(spread(scores!), view, target));
      }
      expect(labels).toEqual(majorityLabels(image.parts!, { height: 40, width: 56 }, grid));
    }
    shard.close();
  });

  it('names images that are missing or another shape', async () => {
    await extract(partDataset({ seed: 1, count: 3, height: 40, width: 56 }), 40, 56);
    const shard = await openPartShard(path);
    await expect(withPartMaps(partDataset({ seed: 1, count: 5, height: 40, width: 56 }), shard)).rejects.toThrow(
      'must hold the maps of every image, got 2 of 5 missing, the first pretrain/3; write the maps of this data set anew',
    );
    await expect(withPartMaps(partDataset({ seed: 1, count: 3, height: 40, width: 40 }), shard)).rejects.toThrow(
      'proportions of those of',
    );
    await expect(withPartMaps(partDataset({ seed: 2, count: 3, height: 40, width: 56 }), shard)).rejects.toThrow(
      'got 3 of 3 changed since, the first pretrain/0',
    );
    shard.close();
  });

  it('names files that changed since, and takes them at any size of the same proportions', async () => {
    const photos = join(root, 'photos');
    await mkdir(join(photos, 'cat'), { recursive: true });
    for (const name of ['a', 'b', 'c', 'd']) await savePicture(join(photos, 'cat', `${name}.png`), name);
    const open = async (height: number, width: number) =>
      imageDataset(await openFolderSource(photos), { imageSize: { height, width } });
    await extract(await open(20, 28), 20, 28);
    const shard = await openPartShard(path);
    const larger = await withPartMaps(await open(40, 56), shard);
    expect((await larger.get(2)).patchParts!.labels).toEqual(new Uint8Array(35).fill(2));
    for (const name of ['b', 'd']) await savePicture(join(photos, 'cat', `${name}.png`), `${name} again`);
    const changed = await open(40, 56);
    await expect(withPartMaps(changed, shard)).rejects.toThrow('got 2 of 4 changed since, the first cat/b');
    expect((await withPartMaps(changed, shard, { verify: false })).length).toBe(4);
    shard.close();
  });
});

async function savePicture(path: string, text: string): Promise<void> {
  const shade = [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 251, 7);
  const raw = { width: 28, height: 20, channels: 3 as const };
  await writeFile(
    path,
    await sharp(new Uint8Array(28 * 20 * 3).fill(shade), { raw })
      .png()
      .toBuffer(),
  );
}
