// Which files of a repository are its weights.

import { posix } from 'node:path';

import { SemmaeError } from '@semmae/core';

import type { HubAddress } from './hub-address';

/** In the order of preference. */
const usualNames = [
  'model.safetensors',
  'model.safetensors.index.json',
  'pytorch_model.bin',
  'pytorch_model.bin.index.json',
];

const looksLikeWeights = /\.(safetensors|pth|pt|bin|ckpt|npz)$/;

/** What says how to use the weights. */
const companions = ['config.json', 'preprocessor_config.json'];

export interface ChosenFiles {
  /** The weights, or the index of their shards. */
  weights: string;
  /** config.json and preprocessor_config.json beside them, where the repository has them. */
  companions: string[];
}

/** Throws a SemmaeError where `address` names no file and there is not exactly one that it can mean. */
export function chooseFiles(address: HubAddress, paths: readonly string[]): ChosenFiles {
  const weights = address.file === undefined ? weightsAmong(address, paths) : named(address, address.file, paths);
  const beside = companions.map((name) => posix.join(posix.dirname(weights), name));
  return { weights, companions: beside.filter((path) => path !== weights && paths.includes(path)) };
}

function named({ text }: HubAddress, file: string, paths: readonly string[]): string {
  if (paths.includes(file)) return file;
  throw new SemmaeError({ where: text, requirement: `there must be a file ${file}`, got: orNothing(paths) });
}

function weightsAmong({ text }: HubAddress, paths: readonly string[]): string {
  const usual = usualNames.find((name) => paths.includes(name));
  if (usual !== undefined) return usual;
  const candidates = paths.filter((path) => !path.includes('/') && looksLikeWeights.test(path));
  if (candidates.length === 1) return candidates[0]!;
  throw new SemmaeError({
    where: text,
    requirement: 'there must be one file of weights: safetensors, PyTorch or npz',
    got: orNothing(candidates.length > 0 ? candidates : paths),
    remedy: candidates.length > 0 ? `name one: ${text}:<file>` : undefined,
  });
}

function orNothing(paths: readonly string[]): unknown {
  return paths.length > 0 ? paths : 'no files';
}
