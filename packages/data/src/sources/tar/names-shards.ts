// Whether a path names WebDataset shards.

import { readdir } from 'node:fs/promises';

import { isShardName } from './shard-paths';
import { imageFields } from './tar-fields';

/** True for names of archives, ranges of them, and folders that hold archives and neither images nor sub-folders. */
export async function namesShards(path: string): Promise<boolean> {
  if (isShardName(path)) return true;
  try {
    const entries = await readdir(path, { withFileTypes: true });
    const seen = entries.filter(({ name }) => !name.startsWith('.'));
    const isOther = seen.some((entry) => entry.isDirectory() || isImage.test(entry.name));
    return !isOther && seen.some(({ name }) => isShardName(name));
  } catch {
    return false;
  }
}

const isImage = new RegExp(`\\.(${imageFields.join('|')})$`, 'i');
