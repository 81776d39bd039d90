// Checkpoints of every family against the networks that they are of: numbers made by packages/checkpoints/fixtures/families.py.

import '@tensorflow/tfjs-backend-cpu';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import {
  openSafetensors,
  type PublicModel,
  type ReadPublicModelOptions,
  type SafetensorsFile,
  usePublicModel,
} from '@semmae/checkpoints';
import { type PatchSize, patchSides } from '@semmae/core';
import { encoderAtSize } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

import { buildPublicModel, type PublicNetworks } from './public-model';

const fixtures = fileURLToPath(new URL('../../../checkpoints/fixtures/', import.meta.url));
const names = readdirSync(fixtures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== '__pycache__')
  .map(({ name }) => name)
  .filter((name) => readdirSync(fixtures + name).includes('model.safetensors'));

/** What the generator says about a fixture. */
interface Facts {
  family: string;
  options: ReadPublicModelOptions;
  grid: [rows: number, columns: number];
  patch?: number | [height: number, width: number];
  batch?: number;
  /** Words for the networks of a run; each but the first has its tensors under its name. */
  networks?: string[];
  refused?: string;
}

interface Fixture {
  path: string;
  facts: Facts;
  expected: SafetensorsFile;
}

/** As inputs.py: a hash of the place, exact in float32. */
function numbers(shape: readonly number[], seed = 0): tf.Tensor {
  const size = tf.util.sizeFromShape([...shape]);
  const values = Float32Array.from({ length: size }, (_, place) => {
    const start = (place + seed * 1_000_003) >>> 0;
    const mixed = Math.imul(start ^ (start >>> 7), 2654435761) >>> 0;
    return (Math.imul(mixed ^ (mixed >>> 15), 2246822519) >>> 8) / 2 ** 23 - 1;
  });
  return tf.tensor(values, [...shape]);
}

/** [B, H, W, 3] out of the generator's [B, 3, H, W]. */
function imagesOf(batch: number, grid: readonly number[], patch: PatchSize): tf.Tensor4D {
  const { height, width } = patchSides(patch);
  return tf.tidy(() =>
    tf.transpose<tf.Tensor4D>(numbers([batch, 3, grid[0]! * height, grid[1]! * width]) as tf.Tensor4D, [0, 2, 3, 1]),
  );
}

async function openFixture(name: string): Promise<Fixture> {
  const folder = `${fixtures}${name}/`;
  const file = readdirSync(folder).find((one) => !one.startsWith('expected') && !one.endsWith('.json'))!;
  const expected = await openSafetensors(`${folder}expected.safetensors`);
  return { path: folder + file, facts: JSON.parse(expected.metadata.facts!), expected };
}

async function withNetworks(
  { path, facts }: Fixture,
  network: string | undefined,
  use: (networks: PublicNetworks, model: PublicModel) => Promise<void>,
): Promise<void> {
  const before = tf.memory().numTensors;
  await usePublicModel(path, { ...facts.options, ...(network && { network }) }, async (model) => {
    const networks = await buildPublicModel(model);
    await use(networks, model);
    for (const one of [networks.encoder, networks.decoder, ...networks.heads.values()]) one?.dispose();
  });
  expect(tf.memory().numTensors).toBe(before);
}

/** The largest deviation, relative to `scale`. */
async function deviation(fixture: Fixture, name: string, got: tf.Tensor): Promise<number> {
  const expected = (await fixture.expected.read(name)) as Float32Array;
  expect(got.size, name).toBe(expected.length);
  const values = got.dataSync();
  return expected.reduce((most, value, at) => Math.max(most, Math.abs(value - values[at]!)), 0);
}

const tokens = 1e-4;

describe.each(names)('%s', (name) => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await openFixture(name);
  });

  it('gives the tokens of its own network', async () => {
    const { facts, expected } = fixture;
    if (facts.refused !== undefined) {
      await expect(usePublicModel(fixture.path, facts.options, async () => {})).rejects.toThrow(facts.refused);
      return;
    }
    for (const [index, network] of (facts.networks ?? [undefined]).entries()) {
      const start = index === 0 ? '' : `${network}.`;
      const has = (end: string) => expected.entries.has(start + end);
      await withNetworks(fixture, network, async ({ encoder, heads }, model) => {
        expect(model.family).toBe(facts.family);
        const check = async (end: string, got: tf.Tensor | undefined, tolerance = tokens) => {
          if (has(end)) expect(await deviation(fixture, start + end, got!), end).toBeLessThan(tolerance);
          else expect(end).toMatch(/class|pooled|block\.0/); // not every network has these
        };
        const images = imagesOf(facts.batch ?? 2, facts.grid, encoder.patchSize);
        const { blocks, ...encoding } = encoder.encode(images, { blocks: true });
        for (const [block, after] of blocks!.entries()) await check(`block.${block}`, after);
        await check('class', encoding.classToken);
        await check('patches', encoding.patchTokens);
        await check('pooled', encoding.pooled);
        tf.dispose([images, blocks!, encoding]);

        if (has('other.patches')) {
          const other = imagesOf(2, [5, 7], encoder.patchSize);
          const elsewhere = encoder.encode(other);
          await check('other.class', elsewhere.classToken);
          await check('other.patches', elsewhere.patchTokens);
          tf.dispose([other, elsewhere]);
        }
        if (has('other.positions')) {
          const { height, width } = patchSides(encoder.patchSize);
          const copy = encoderAtSize(encoder, { height: 5 * height, width: 7 * width });
          const table = copy.namedVariables().get('pos_embed')!;
          const own = tf.slice(table, [0, table.shape[1]! - 35, 0], [1, 35, encoder.width]);
          await check('other.positions', own, 1e-5);
          own.dispose();
          copy.dispose();
        }
        if (expected.entries.has('hidden') && has('hidden.patches')) {
          const hidden = tf.tensor2d((await expected.read('hidden')) as Float32Array, [
            2,
            facts.grid[0] * facts.grid[1],
          ]);
          const own = imagesOf(2, facts.grid, encoder.patchSize);
          const masked = encoder.encode(own, { hidden });
          await check('hidden.class', masked.classToken);
          await check('hidden.patches', masked.patchTokens);
          tf.dispose([hidden, own, masked]);
        }
        if (has('head.logits')) {
          const rows = tf.tensor2d((await expected.read('head.tokens')) as Float32Array, [5, encoder.width]);
          const head = heads.get('head')!;
          const logits = head.apply(rows) as tf.Tensor;
          await check('head.logits', logits);
          tf.dispose([rows, logits]);
        } else expect(heads.size).toBe(0);
      });
    }
  });
});
