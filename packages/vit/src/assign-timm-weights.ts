// Gives a network the weights of a PyTorch state dict, all of them or none.

import { SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { MAEDecoder } from './mae-decoder';
import type { ProjectionHead } from './projection-head';
import { type TimmWeight, timmEntries } from './timm-weights';
import type { ViTEncoder } from './vit-encoder';

export interface AssignTimmWeightsOptions {
  /** For messages: the file that the weights are from. */
  where?: string;
  /** Names that may be left out: of the network, which keeps what it has, and of `weights`. Default: none. */
  allow?: { missing?: readonly string[]; unexpected?: readonly string[] };
}

export interface TimmReport {
  loaded: string[];
  /** Of the network, and not among the weights. */
  missing: string[];
  /** Among the weights, and not of the network. */
  unexpected: string[];
}

/**
 * Reads `weights` one by one, in the names and shapes of `timmWeights(network)`, into `network`.
 *
 * Throws a SemmaeError of one line, and changes nothing, where a weight is missing, unexpected or of another shape and `allow` does
 * not name it. What `read` throws is passed on; the weights before it are then assigned already.
 */
export async function assignTimmWeights(
  network: ViTEncoder | MAEDecoder | ProjectionHead,
  weights: ReadonlyMap<string, TimmWeight>,
  { where = network.name, allow = {} }: AssignTimmWeightsOptions = {},
): Promise<TimmReport> {
  const entries = timmEntries(network);
  const missing = [...entries.keys()].filter((name) => !weights.has(name));
  const unexpected = [...weights.keys()].filter((name) => !entries.has(name));
  const loaded = [...weights.keys()].filter((name) => entries.has(name));
  const otherShape = loaded
    .map((name) => ({ name, expected: entries.get(name)!.shape, got: weights.get(name)!.shape }))
    .filter(({ expected, got }) => expected.join() !== got.join())
    .map(({ name, expected, got }) => `${name} [${got.join(', ')}] instead of [${expected.join(', ')}]`);
  const without = (names: string[], allowed: readonly string[] = []) => names.filter((name) => !allowed.includes(name));
  const wrong = [
    counted(without(missing, allow.missing), 'missing'),
    counted(without(unexpected, allow.unexpected), 'unexpected'),
    counted(otherShape, 'of another shape'),
  ].filter((text) => text !== undefined);
  if (wrong.length > 0) {
    const requirement = `must be the weights of this ${network.getClassName()}`;
    throw new SemmaeError({ where, requirement, got: wrong.join('; ') });
  }
  for (const name of loaded) {
    const values = await weights.get(name)!.read();
    const { shape, assign, variable } = entries.get(name)!;
    tf.tidy(() => assign(tf.tensor(values, [...shape])));
    await variable.data(); // a backend that computes late would hold all that was read beside all that it becomes
  }
  return { loaded, missing, unexpected };
}

/** `2 missing (norm.weight, norm.bias)`; no more than three names. */
function counted(names: string[], what: string): string | undefined {
  if (names.length === 0) return undefined;
  return `${names.length} ${what} (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''})`;
}
