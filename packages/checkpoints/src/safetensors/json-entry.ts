// Metadata that are more than text.

import { SemmaeError } from '@semmae/core';

import type { SafetensorsFile } from './open-safetensors';

/** The entry `key` of the metadata, which must be JSON; a SemmaeError names the file where it is not, or is not there. */
export function jsonEntry({ path, metadata }: Pick<SafetensorsFile, 'path' | 'metadata'>, key: string): unknown {
  try {
    return JSON.parse(metadata[key] ?? '');
  } catch (cause) {
    throw new SemmaeError({ where: path, requirement: `its ${key} must be JSON`, got: cause, cause });
  }
}
