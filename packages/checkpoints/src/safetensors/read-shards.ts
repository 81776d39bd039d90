// A model in several files: `model.safetensors.index.json` or `pytorch_model.bin.index.json`, and the shards beside it.

import { SemmaeError } from '@semmae/core';

import type { ByteSource } from '../sources/byte-source';
import { namedEntry } from '../tensors/named-entry';
import type { TensorEntry, TensorFile } from '../tensors/tensor-file';
import { strictJson } from './strict-json';

const longestIndex = 100_000_000;
const mostShards = 2 ** 12;
/** `{ "metadata": { ... }, "weight_map": { ... } }`; some have a list in their metadata. */
const deepest = 8;

/**
 * The tensors of all shards under their names. `open` opens a shard. The metadata are those of the shards, the extras those of the index.
 *
 * Throws a SemmaeError for an index whose shards are not beside it, or do not have what it says.
 *
 * Reference: https://huggingface.co/docs/safetensors/metadata_parsing
 */
export async function readShards(
  source: ByteSource,
  open: (source: ByteSource) => Promise<TensorFile>,
): Promise<TensorFile> {
  const path = source.name;
  const { metadata = {}, weightMap } = await readIndex(source);
  const names = namesIn(path, weightMap);
  if (source.beside === undefined || names.length > mostShards) {
    const got = names.length > mostShards ? `${names.length} shards` : `${names[0]} and no folder`;
    throw unsound(path, `must have at most ${mostShards} shards beside it`, got);
  }
  const shards = new Map<string, TensorFile>();
  const close = () => {
    for (const shard of shards.values()) shard.close();
    source.close();
  };
  try {
    for (const name of names) shards.set(name, await open(await source.beside(name)));
    const tensors = gather(path, weightMap, shards);
    const [first] = shards.values();
    return {
      ...{ path, container: first?.container ?? 'safetensors', close },
      metadata: Object.fromEntries([...shards.values()].flatMap((shard) => Object.entries(shard.metadata))),
      extras: metadata as Record<string, unknown>,
      entries: new Map([...tensors].map(([name, { entry }]) => [name, entry])),
      read: async (name) => namedEntry(path, tensors, name).shard.read(name),
    };
  } catch (error) {
    for (const shard of shards.values()) shard.close();
    throw error;
  }
}

/** The files that an index names, all of which stand beside it. Throws a SemmaeError for what is no index. */
export async function shardNames(source: ByteSource): Promise<string[]> {
  return namesIn(source.name, (await readIndex(source)).weightMap);
}

function namesIn(path: string, weightMap: ReadonlyMap<string, string>): string[] {
  const names = [...new Set(weightMap.values())];
  for (const name of names) assertPlainName(path, name);
  return names;
}

function gather(
  path: string,
  weightMap: ReadonlyMap<string, string>,
  shards: ReadonlyMap<string, TensorFile>,
): ReadonlyMap<string, { entry: TensorEntry; shard: TensorFile }> {
  const tensors = new Map<string, { entry: TensorEntry; shard: TensorFile }>();
  for (const [file, shard] of shards) {
    for (const [name, entry] of shard.entries) {
      const expected = weightMap.get(name) ?? 'no shard';
      if (expected !== file) throw unsound(path, `must name the shard of ${name}, which is in ${file}`, expected);
      tensors.set(name, { entry, shard });
    }
  }
  for (const [name, file] of weightMap) {
    if (!tensors.has(name)) throw unsound(path, `must find all of its tensors in ${file}`, `no ${name} there`);
  }
  return tensors;
}

async function readIndex(source: ByteSource): Promise<{ metadata?: unknown; weightMap: ReadonlyMap<string, string> }> {
  const path = source.name;
  if (source.size > longestIndex) throw unsound(path, `must have at most ${longestIndex} bytes`, source.size);
  let index: Record<string, unknown>;
  try {
    index = strictJson(await source.bytes(0, source.size), deepest);
  } catch (cause) {
    if (SemmaeError.isInstance(cause)) throw cause;
    throw unsound(path, 'must be JSON, as an index of shards is', cause);
  }
  const { metadata, weight_map: map } = index;
  const isModelOfTfjs = Object.hasOwn(index, 'weightsManifest') || Object.hasOwn(index, 'modelTopology');
  if (isModelOfTfjs) throw unsound(path, 'must be an index of shards', 'a model of TensorFlow.js');
  const files = isRecord(map) ? Object.entries(map) : [];
  if (files.length > 0 && files.every(([, file]) => typeof file === 'string') && isRecord(metadata ?? {})) {
    return { metadata, weightMap: new Map(files as [string, string][]) };
  }
  throw unsound(path, 'must be an index of shards, with a weight_map of file names', `JSON without one`);
}

/** Only what stands beside the index: an index may come from a stranger. */
function assertPlainName(path: string, name: string): void {
  if (/^[\w-][\w.-]*$/.test(name)) return;
  throw unsound(path, 'must name shards in its own folder', name);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unsound(path: string, requirement: string, got: unknown): SemmaeError {
  return new SemmaeError({ where: path, requirement, got });
}
