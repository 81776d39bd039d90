// Names of classes or parts in a JSON file beside the images.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SemmaeError } from '@semmae/core';

/**
 * The names in `folder/fileName`: a list, or an object of indices by name as torchvision's `class_to_idx`. Undefined where there is no
 * such file; a SemmaeError where it holds anything else.
 */
export async function readNamesFile(folder: string, fileName: string): Promise<string[] | undefined> {
  const path = join(folder, fileName);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SemmaeError({ where: path, requirement: 'must be a readable file', got: cause, cause });
  }
  const names = namesIn(text);
  if (names !== undefined && new Set(names).size === names.length) return names;
  throw new SemmaeError({
    where: path,
    requirement: 'must hold names as JSON, each once: ["cat", "dog"] or {"cat": 0, "dog": 1}',
    got: text.trim().slice(0, 60) || 'nothing',
  });
}

function namesIn(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return value.every((name) => typeof name === 'string') ? value : undefined;
    const names: string[] = [];
    for (const [name, index] of Object.entries(value)) names[index as number] = name;
    return Object.keys(names).length === Object.keys(value).length && names.length === Object.keys(value).length
      ? names
      : undefined;
  } catch {
    return undefined;
  }
}
