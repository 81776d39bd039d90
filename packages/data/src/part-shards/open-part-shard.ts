// Opens a part-map shard: its header and names at once, the maps of an image when they are asked for.

import { createPatchGrid, SemmaeError } from '@semmae/core';

import { assertIndex } from '../assert-index';
import { decodeScores } from './encode-scores';
import type { PartShard, PartShardSettings, PatchParts } from './part-shard';
import { readShardHeader } from './read-shard-header';
import { recentMaps } from './recent-maps';
import { openShardFile, type ShardFile } from './shard-file';
import { fingerprintBytes, scoreBytes } from './shard-layout';

export interface OpenPartShardOptions {
  /** Hash of the encoder that the maps must come from. */
  encoderHash?: string;
  /** Grid that the maps must have. */
  grid?: { readonly rows: number; readonly columns: number };
  /** Images whose maps stay in memory. Default 4096. */
  recentImages?: number;
}

/**
 * Opens the shard at `path`. Throws a SemmaeError when there is no file, when it is no shard, of another version, truncated,
 * or not of the encoder or grid asked for.
 */
export async function openPartShard(path: string, options: OpenPartShardOptions = {}): Promise<PartShard> {
  const file = openShardFile(path);
  try {
    return readShard(path, file, options);
  } catch (error) {
    file.close();
    throw error;
  }
}

function readShard(path: string, file: ShardFile, options: OpenPartShardOptions): PartShard {
  const { settings, count, startOf, end } = readShardHeader(path, file);
  assertWanted(path, settings, options);
  const fingerprints = file.bytesSync(startOf.fingerprints, count * fingerprintBytes);
  const ids = file
    .bytesSync(startOf.ids, end - startOf.ids)
    .toString('utf8')
    .split('\n')
    .slice(0, -1);
  const positions = new Map(ids.map((id, index) => [id, index]));
  const grid = createPatchGrid(settings.grid.rows, settings.grid.columns);
  const recent = recentMaps(options.recentImages ?? 4096);
  const labelsAt = (index: number) => [startOf.labels + index * grid.patchCount, grid.patchCount] as const;
  const scoresAt = (index: number) => [startOf.scores + index * scoreBytes(settings), scoreBytes(settings)] as const;
  function decode(index: number, labelBytes: Buffer, bytesOfScores: Buffer): PatchParts {
    assertLabels(path, ids[index]!, labelBytes, settings);
    const labels = new Uint8Array(labelBytes);
    const scores = settings.scores === 'none' ? undefined : decodeScores(bytesOfScores, settings);
    return recent.keep(index, { grid, labels, scores });
  }

  return {
    path,
    settings,
    grid,
    ids,
    indexOf: (id) => positions.get(id),
    fingerprintAt(index) {
      assertIndex('PartShard', index, count);
      const bytes = fingerprints.subarray(index * fingerprintBytes, (index + 1) * fingerprintBytes);
      return bytes.every((byte) => byte === 0) ? undefined : bytes.toString('hex');
    },
    async read(index) {
      assertIndex('PartShard', index, count);
      const found = recent.find(index);
      return found ?? decode(index, await file.bytes(...labelsAt(index)), await file.bytes(...scoresAt(index)));
    },
    readSync(index) {
      assertIndex('PartShard', index, count);
      const found = recent.find(index);
      return found ?? decode(index, file.bytesSync(...labelsAt(index)), file.bytesSync(...scoresAt(index)));
    },
    close: () => file.close(),
  };
}

function assertWanted(path: string, settings: PartShardSettings, { encoderHash, grid }: OpenPartShardOptions): void {
  const { encoder, grid: found } = settings;
  if (encoderHash !== undefined && encoder.hash !== encoderHash) {
    throw new SemmaeError({
      where: 'openPartShard',
      requirement: `${path} must hold maps of the encoder ${encoderHash}`,
      got: `${encoder.hash} (${encoder.id})`,
      remedy: 'write the maps anew with this encoder, or open the shard that belongs to it',
    });
  }
  if (grid !== undefined && (grid.rows !== found.rows || grid.columns !== found.columns)) {
    throw new SemmaeError({
      where: 'openPartShard',
      requirement: `${path} must hold maps of ${grid.rows}x${grid.columns} patches`,
      got: `${found.rows}x${found.columns}`,
      remedy: 'write the maps anew on this grid, or look them up with applyViewToPatches',
    });
  }
}

function assertLabels(path: string, id: string, labels: Uint8Array, { partCount }: PartShardSettings): void {
  const stray = labels.find((label) => label > partCount);
  if (stray === undefined) return;
  throw new SemmaeError({
    where: 'PartShard',
    requirement: `labels of ${id} in ${path} must be 0..${partCount}`,
    got: stray,
    remedy: 'the file is damaged: copy or write it anew',
  });
}
