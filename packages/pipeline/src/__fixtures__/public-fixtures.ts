// The checkpoints of packages/checkpoints/fixtures/families and how far what they become here is from what PyTorch computed.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import {
  openSafetensors,
  type PublicModel,
  type ReadPublicModelOptions,
  type SafetensorsFile,
  usePublicModel,
} from '@semmae/checkpoints';
import { patchSides } from '@semmae/core';
import { maeObjective } from '@semmae/train';
import { encoderAtSize, timmWeights, type ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

import { buildPublicModel, type PublicNetworks } from '../models/public-model';

const root = fileURLToPath(new URL('../../../checkpoints/fixtures/families/', import.meta.url));

export const fixtureNames = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== '__pycache__')
  .map(({ name }) => name);

/** What families.py says about a fixture. */
export interface FixtureFacts {
  family: string;
  options: ReadPublicModelOptions;
  grid: [rows: number, columns: number];
  batch?: number;
  /** Of a run, words for its networks; the expected tensors of the second begin with its word. */
  networks?: string[];
  /** What the error says where the file is to be refused. */
  refused?: string;
}

export interface Fixture {
  path: string;
  facts: FixtureFacts;
  expected: SafetensorsFile;
}

export async function openFixture(name: string): Promise<Fixture> {
  const folder = `${root}${name}/`;
  const file = readdirSync(folder).find((one) => !one.startsWith('expected') && !one.endsWith('.json'))!;
  const expected = await openSafetensors(`${folder}expected.safetensors`);
  return { path: folder + file, facts: JSON.parse(expected.metadata.facts!), expected };
}

export interface Parity {
  model: PublicModel;
  /** Largest difference of each expected tensor; of a gradient and a loss, relative to the largest value of it. */
  deviations: Map<string, number>;
}

/** Builds a network of the fixture and compares it with all that is expected of it; everything is disposed when it returns. */
export async function parityOf({ path, facts, expected }: Fixture, network?: string): Promise<Parity> {
  const start = network === undefined || network === facts.networks?.[0] ? '' : `${network}.`;
  const otherNetworks = (facts.networks ?? []).slice(1).map((word) => `${word}.`);
  const own = [...expected.entries.keys()]
    .filter((name) => (start === '' ? !otherNetworks.some((word) => name.startsWith(word)) : name.startsWith(start)))
    .map((name) => name.slice(start.length));
  const values = async (name: string) => (await expected.read(own.includes(name) ? start + name : name)) as Float32Array;
  return usePublicModel(path, { ...facts.options, ...(network && { network }) }, async (model) => {
    const networks = await buildPublicModel(model);
    const got = new Map<string, tf.Tensor>();
    passes(networks.encoder, facts, got, own.includes('hidden.class') ? await values('hidden') : undefined);
    if (own.includes('head.logits')) headPasses(networks, await values('head.tokens'), got);
    if (own.includes('loss')) await trainingPass(networks, facts, await values('noise'), got);
    const deviations = new Map<string, number>();
    for (const name of own.filter((one) => !['hidden', 'noise', 'head.tokens'].includes(one))) {
      const tensor = got.get(name);
      if (tensor === undefined) throw new Error(`${path}: nothing computes ${name}`);
      deviations.set(name, differenceOf(await values(name), tensor.dataSync(), /^(gradient\.|loss)/.test(name)));
    }
    tf.dispose([...got.values()]);
    for (const one of [networks.encoder, networks.decoder, ...networks.heads.values()]) one?.dispose();
    return { model, deviations };
  });
}

function passes(encoder: ViTEncoder, { grid, batch = 2 }: FixtureFacts, got: Map<string, tf.Tensor>, hidden?: Float32Array): void {
  const keep = (name: string, tensor: tf.Tensor | undefined) => tensor && got.set(name, tf.keep(tensor));
  const { height, width } = patchSides(encoder.patchSize);
  const other = [5, 7] as const; // OTHER_GRID there
  tf.tidy(() => {
    const images = imagesOf(batch, grid, { height, width });
    const { blocks, classToken, patchTokens, pooled } = encoder.encode(images, { blocks: true });
    for (const [index, tokens] of blocks!.entries()) keep(`block.${index}`, tokens);
    keep('class', classToken);
    keep('patches', patchTokens);
    keep('pooled', pooled);
    if (hidden) {
      const masked = encoder.encode(images, { hidden: tf.tensor2d(hidden, [batch, encoder.grid.patchCount]) });
      keep('hidden.class', masked.classToken);
      keep('hidden.patches', masked.patchTokens);
    }
  });
  if (batch !== 2) return; // SemMAE's is one image of one size
  tf.tidy(() => {
    const elsewhere = encoder.encode(imagesOf(batch, other, { height, width }));
    keep('other.class', elsewhere.classToken);
    keep('other.patches', elsewhere.patchTokens);
    keep('other.pooled', elsewhere.pooled);
  });
  const copy = encoderAtSize(encoder, { height: other[0] * height, width: other[1] * width });
  tf.tidy(() => {
    const table = copy.namedVariables().get('pos_embed')!;
    keep('other.positions', tf.slice(table, [0, table.shape[1]! - other[0] * other[1], 0], [1, -1, -1]));
  });
  copy.dispose();
}

function headPasses({ encoder, heads }: PublicNetworks, rows: Float32Array, got: Map<string, tf.Tensor>): void {
  const head = heads.get('head')!;
  const tokens = tf.tensor2d(rows, [rows.length / encoder.width, encoder.width]);
  got.set('head.logits', head.apply(tokens) as tf.Tensor);
  if (head.patchPrototypes !== undefined) got.set('head.patch_logits', head.apply(tokens, { patch: true }) as tf.Tensor);
  tokens.dispose();
}

/** MAE's loss on masks from noise, and the gradients of all weights. It overwrites the weights. */
async function trainingPass(
  { encoder, decoder }: PublicNetworks,
  { grid }: FixtureFacts,
  noise: Float32Array,
  got: Map<string, tf.Tensor>,
): Promise<void> {
  const patchCount = grid[0] * grid[1];
  const order = [0, 1].map((image) => {
    const own = noise.subarray(image * patchCount, (image + 1) * patchCount);
    return Array.from(own.keys()).sort((one, another) => own[one]! - own[another]!);
  });
  const kept = Math.floor(patchCount / 4);
  const indices = (from: number, to: number) => tf.tensor2d(order.map((row) => row.slice(from, to)), undefined, 'int32');
  const batch = {
    images: imagesOf(2, grid, patchSides(encoder.patchSize)),
    visible: indices(0, kept),
    masked: indices(kept, patchCount),
  };
  const objective = maeObjective({ encoder, decoder: decoder! });
  const { value, grads } = tf.variableGrads(() => objective.loss(batch).loss, objective.variables());
  got.set('loss', value);
  tf.dispose(Object.values(batch));
  // In the place of the weights, gradients come out in PyTorch's layout.
  for (const network of [encoder, decoder!]) {
    for (const variable of network.variables()) variable.assign(grads[variable.name]!);
    for (const [name, { shape, read }] of timmWeights(network)) got.set(`gradient.${name}`, tf.tensor(await read(), [...shape]));
  }
  tf.dispose(grads);
}

/** [B, H, W, 3] out of the generator's [B, 3, H, W]. */
export function imagesOf(batch: number, grid: readonly number[], { height, width }: { height: number; width: number }): tf.Tensor4D {
  return tf.tidy(() => {
    const shape = [batch, 3, grid[0]! * height, grid[1]! * width] as const;
    return tf.transpose(tf.tensor4d(numbers(tf.util.sizeFromShape([...shape])), [...shape]), [0, 2, 3, 1]);
  });
}

/** As inputs.py: in [-1, 1) from a hash of the place, exact in float32. */
function numbers(size: number): Float32Array {
  return Float32Array.from({ length: size }, (_, place) => {
    const mixed = Math.imul(place ^ (place >>> 7), 2654435761) >>> 0;
    return (Math.imul(mixed ^ (mixed >>> 15), 2246822519) >>> 8) / 2 ** 23 - 1;
  });
}

function differenceOf(expected: Float32Array, got: ArrayLike<number>, relative: boolean): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = largest(expected.map((value, at) => value - got[at]!));
  return relative ? difference / largest(expected) : difference;
}
