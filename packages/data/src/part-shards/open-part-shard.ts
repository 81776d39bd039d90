// Opens a part-map shard: its header and names at once, the maps of an image when they are asked for.

import { jsonEntry, openSafetensors, type SafetensorsFile } from '@semmae/checkpoints';
import { createPatchGrid, firstDifference, SemmaeError } from '@semmae/core';

import { assertIndex } from '../assert-index';
import { checkShardSettings } from './check-shard-settings';
import { decodeScores } from './encode-scores';
import type { PartShard, PartShardSettings, PatchParts } from './part-shard';
import { recentMaps } from './recent-maps';
import { fingerprintBytes, shardFormat, shardTensors } from './shard-layout';

export interface OpenPartShardOptions {
  /** Hash of the encoder that the maps must come from. */
  encoderHash?: string;
  /** Grid that the maps must have. */
  grid?: { readonly rows: number; readonly columns: number };
  /** Images whose maps stay in memory. Default 4096. */
  recentImages?: number;
}

/**
 * Opens the shard at `path` and compares all of it with its checksum, in one pass over the file; afterwards only what is asked for
 * is read.
 *
 * Throws a SemmaeError of one line when there is no file, when it is no shard, of another version, damaged, or not of the encoder or
 * grid asked for.
 */
export async function openPartShard(path: string, options: OpenPartShardOptions = {}): Promise<PartShard> {
  const file = await openSafetensors(path, { format: shardFormat, verify: true });
  try {
    return await readShard(file, options);
  } catch (error) {
    file.close();
    throw error;
  }
}

async function readShard(file: SafetensorsFile, options: OpenPartShardOptions): Promise<PartShard> {
  const { path } = file;
  const settings = settingsOf(file);
  assertWanted(path, settings, options);
  const fingerprints = Buffer.from((await file.read('fingerprints')) as Uint8Array);
  const ids = new TextDecoder()
    .decode((await file.read('ids')) as Uint8Array)
    .split('\n')
    .slice(0, -1);
  const positions = new Map(ids.map((id, index) => [id, index]));
  const grid = createPatchGrid(settings.grid.rows, settings.grid.columns);
  const recent = recentMaps(options.recentImages ?? 4096);
  const placeOf = (index: number) => [index * grid.patchCount, (index + 1) * grid.patchCount] as const;
  const hasScores = settings.scores !== 'none';
  function keep(index: number, labels: unknown, scores: unknown): PatchParts {
    const decoded = hasScores ? decodeScores(scores as Uint8Array | Float32Array, settings) : undefined;
    return recent.keep(index, { grid, labels: labels as Uint8Array, scores: decoded });
  }

  return {
    path,
    settings,
    grid,
    ids,
    indexOf: (id) => positions.get(id),
    fingerprintAt(index) {
      assertIndex('PartShard', index, ids.length);
      const bytes = fingerprints.subarray(index * fingerprintBytes, (index + 1) * fingerprintBytes);
      return bytes.every((byte) => byte === 0) ? undefined : bytes.toString('hex');
    },
    async read(index) {
      assertIndex('PartShard', index, ids.length);
      const found = recent.find(index);
      if (found !== undefined) return found;
      const labels = await file.readRange('labels', ...placeOf(index));
      return keep(index, labels, hasScores ? await file.readRange('scores', ...placeOf(index)) : undefined);
    },
    readSync(index) {
      assertIndex('PartShard', index, ids.length);
      const found = recent.find(index);
      if (found !== undefined) return found;
      const labels = file.readRangeSync('labels', ...placeOf(index));
      return keep(index, labels, hasScores ? file.readRangeSync('scores', ...placeOf(index)) : undefined);
    },
    close: () => file.close(),
  };
}

/** What the header says, once its tensors are those that the settings ask for. */
function settingsOf(file: SafetensorsFile): PartShardSettings {
  const { path, entries } = file;
  const settings = checkShardSettings(path, (jsonEntry(file, 'settings') ?? {}) as PartShardSettings);
  const sizeOf = (name: string) => entries.get(name)?.shape[0] ?? 0;
  const wanted = Object.fromEntries(shardTensors(settings, sizeOf('labels'), sizeOf('ids')));
  const found = Object.fromEntries([...entries].map(([name, { dtype, shape }]) => [name, { dtype, shape }]));
  const difference = firstDifference(found, wanted);
  if (difference === undefined) return settings;
  throw new SemmaeError({
    where: path,
    requirement: `the tensors must be those of its settings: ${difference.path} ${difference.now ?? 'absent'}`,
    got: difference.before ?? 'nothing',
  });
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
