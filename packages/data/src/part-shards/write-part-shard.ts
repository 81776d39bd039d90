// Writes part maps image by image into one file; an interrupted run goes on where it stopped.

import { createReadStream, existsSync } from 'node:fs';

import { type TensorToWrite, writeSafetensors } from '@semmae/checkpoints';
import { assertLength, SemmaeError } from '@semmae/core';
import { orUnwritable } from '@semmae/core/files';

import { checkShardSettings } from './check-shard-settings';
import { encodeScores } from './encode-scores';
import type { PartShardSettings } from './part-shard';
import { fingerprintBytes, shardFormat, shardTensors } from './shard-layout';
import { openUnfinishedShard, type UnfinishedShard } from './unfinished-shard';

export interface PartShardEntry {
  /** Name of the image within its data set, `LabeledImage.id`. */
  id: string;
  /** Part id of every patch, [N]; 0 is background. */
  labels: Uint8Array;
  /** Foreground score of every patch, [N]. Needed unless the settings keep none. */
  scores?: Float32Array;
  /** `ImageDataset.fingerprint` of the image. Without it, a later change of the image goes unnoticed. */
  fingerprint?: string;
}

export interface PartShardWriter {
  /** Images written so far, those of an interrupted run included. */
  readonly count: number;
  /** Whether the maps of an image are written, by an interrupted run for instance. */
  has(id: string): boolean;
  /** Adds an image. Calls may overlap; the order of the calls is the order in the file. */
  append(entry: PartShardEntry): Promise<void>;
  /** Puts the shard in place, all at once, and removes the unfinished one. */
  finish(): Promise<void>;
  /** Stops without finishing: the next writer of the same path and settings goes on. */
  close(): Promise<void>;
}

/**
 * Starts the shard `path`, or goes on with `path.partial`, which an earlier writer with the same settings left behind.
 *
 * Throws a SemmaeError when `path` exists, when the unfinished shard has other settings, or when settings make no sense.
 */
export async function writePartShard(path: string, settings: PartShardSettings): Promise<PartShardWriter> {
  const checked = checkShardSettings('writePartShard', settings);
  assertFree(path);
  const folder = `${path}.partial`;
  const place = {
    where: 'writePartShard',
    path: folder,
    remedy: () => 'free some space, then go on: whole images are kept',
  };
  const unfinished = await orUnwritable({ ...place, remedy: undefined }, () => openUnfinishedShard(folder, checked));
  const known = new Set(unfinished.ids);
  let queue: Promise<unknown> = Promise.resolve();
  let broken = false;
  function inTurn(task: () => Promise<void>): Promise<void> {
    const result = queue.then(task);
    queue = result.catch(() => {});
    return result;
  }
  /** A write that failed may have left half an image behind, which only opening anew removes. */
  function assertWhole(): void {
    if (!broken) return;
    const requirement = `all earlier images must have been written to ${path}`;
    const remedy = 'close the writer and start it again: it goes on after the last whole image';
    throw new SemmaeError({ where: 'writePartShard', requirement, got: 'a failure', remedy });
  }

  return {
    get count() {
      return known.size;
    },
    has: (id) => known.has(id),
    async append(entry) {
      const record = encodeEntry(entry, checked, known);
      known.add(entry.id);
      await inTurn(async () => {
        assertWhole();
        broken = true;
        await orUnwritable(place, () => unfinished.append(record));
        broken = false;
      });
    },
    finish: () =>
      inTurn(async () => {
        assertWhole();
        await orUnwritable({ ...place, path }, () => assemble(path, checked, unfinished));
      }),
    close: () => inTurn(() => unfinished.close()),
  };
}

function encodeEntry(entry: PartShardEntry, settings: PartShardSettings, known: ReadonlySet<string>) {
  const where = 'writePartShard';
  const { id, labels, scores, fingerprint } = entry;
  const patches = settings.grid.rows * settings.grid.columns;
  if (id === '' || id.includes('\n') || known.has(id)) {
    throw new SemmaeError({
      where,
      requirement: 'every image must have one line as its own name',
      got: JSON.stringify(id),
    });
  }
  assertLength(where, `labels of ${id}`, labels, patches);
  const least = settings.hasBackground ? 0 : 1;
  const stray = labels.find((label) => label < least || label > settings.partCount);
  if (stray !== undefined) {
    const requirement = `labels of ${id} must be ${least}..${settings.partCount}`;
    throw new SemmaeError({ where, requirement, got: stray });
  }
  if (settings.scores !== 'none') assertLength(where, `scores of ${id}`, scores ?? [], patches);
  if (fingerprint !== undefined && !/^[0-9a-f]{64}$/.test(fingerprint)) {
    const requirement = `fingerprint of ${id} must be 64 hexadecimal digits`;
    throw new SemmaeError({ where, requirement, got: fingerprint });
  }
  return {
    id,
    labels: new Uint8Array(labels), // the caller may reuse the array before its turn
    scores: settings.scores === 'none' ? new Uint8Array(0) : encodeScores(scores!, settings),
    fingerprint: fingerprint === undefined ? new Uint8Array(fingerprintBytes) : Buffer.from(fingerprint, 'hex'),
  };
}

/** The files one after the other in the shard, which readers see whole or not at all. */
async function assemble(path: string, settings: PartShardSettings, unfinished: UnfinishedShard): Promise<void> {
  const { ids } = unfinished;
  if (ids.length === 0) {
    throw new SemmaeError({ where: 'writePartShard', requirement: `${path} must hold an image`, got: 'none appended' });
  }
  const idBytes = ids.reduce((sum, id) => sum + Buffer.byteLength(id) + 1, 0);
  const tensors = shardTensors(settings, ids.length, idBytes).map(([name, tensor]): [string, TensorToWrite] => {
    const values = () => createReadStream(unfinished.pathOf(name), { highWaterMark: 2 ** 20 });
    return [name, { ...tensor, values }];
  });
  const metadata = { format: shardFormat, settings: JSON.stringify(settings) };
  await writeSafetensors(path, new Map(tensors), { metadata, checksum: true });
  await unfinished.close();
  await unfinished.remove();
}

function assertFree(path: string): void {
  if (!existsSync(path)) return;
  throw new SemmaeError({
    where: 'writePartShard',
    requirement: `${path} must not exist yet`,
    got: 'a finished shard or another file',
    remedy: 'delete it to write it anew, or open it with openPartShard',
  });
}
