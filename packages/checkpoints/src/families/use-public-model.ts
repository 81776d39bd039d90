// A public checkpoint on disk, with the configuration that lies beside it.

import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { SemmaeError } from '@semmae/core';

import { openTensorFile } from '../open-tensor-file';
import type { PublicModel } from './public-model';
import { type ReadPublicModelOptions, readPublicModel } from './read-public-model';

/**
 * Opens a file or folder of weights, hands its model to `use` and closes it. `config.json` and `preprocessor_config.json` of the same
 * folder are taken into account, unless given.
 *
 * Throws what `openTensorFile` and `readPublicModel` throw.
 */
export async function usePublicModel<Result>(
  path: string,
  options: ReadPublicModelOptions,
  use: (model: PublicModel) => Result | Promise<Result>,
): Promise<Result> {
  const file = await openTensorFile(path);
  try {
    const beside = configurationsBeside(path);
    const { config = beside.config, preprocessor = beside.preprocessor } = options;
    return await use(await readPublicModel(file, { ...options, config, preprocessor }));
  } finally {
    file.close();
  }
}

/** What `config.json` and `preprocessor_config.json` in the folder of a file, or in the folder itself, say. */
export function configurationsBeside(path: string): Pick<ReadPublicModelOptions, 'config' | 'preprocessor'> {
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  return {
    config: jsonFile(join(folder, 'config.json')),
    preprocessor: jsonFile(join(folder, 'preprocessor_config.json')),
  };
}

function jsonFile(path: string): unknown {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new SemmaeError({ where: path, requirement: 'must be JSON', got: cause, cause });
  }
}
