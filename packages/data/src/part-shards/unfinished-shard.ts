// A shard while it is written: a folder of growing files beside its final path, which an interrupted run goes on with.

import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { firstDifference, SemmaeError } from '@semmae/core';
import { replaceFileSync } from '@semmae/core/files';

import type { PartShardSettings } from './part-shard';
import { fingerprintBytes, type ShardTensorName, scoreBytes } from './shard-layout';

export interface ShardRecord {
  id: string;
  labels: Uint8Array;
  scores: Uint8Array;
  fingerprint: Uint8Array;
}

export interface UnfinishedShard {
  /** Names written so far, in order. */
  readonly ids: string[];
  append(record: ShardRecord): Promise<void>;
  /** The file that holds what was appended to a tensor. */
  pathOf(tensor: ShardTensorName): string;
  close(): Promise<void>;
  remove(): Promise<void>;
}

const names: readonly ShardTensorName[] = ['scores', 'labels', 'fingerprints', 'ids'];

/** Opens or makes the folder, and drops what an interruption left half written. */
export async function openUnfinishedShard(folder: string, settings: PartShardSettings): Promise<UnfinishedShard> {
  await agreeOnSettings(folder, settings);
  const pathOf = (tensor: ShardTensorName) => join(folder, tensor);
  const files = new Map<ShardTensorName, FileHandle>();
  for (const name of names) files.set(name, await open(pathOf(name), 'a'));
  const recordBytes = {
    scores: scoreBytes(settings),
    labels: settings.grid.rows * settings.grid.columns,
    fingerprints: fingerprintBytes,
  };
  const ids = await completeIds(pathOf('ids'), files, recordBytes);
  for (const [name, bytes] of Object.entries(recordBytes)) {
    await files.get(name as ShardTensorName)!.truncate(ids.length * bytes);
  }
  await files.get('ids')!.truncate(Buffer.byteLength(ids.map((id) => `${id}\n`).join('')));

  return {
    ids,
    // the name comes last: an image counts once its name and line feed are written
    async append({ id, labels, scores, fingerprint }) {
      if (scores.length > 0) await files.get('scores')!.appendFile(scores);
      await files.get('labels')!.appendFile(labels);
      await files.get('fingerprints')!.appendFile(fingerprint);
      await files.get('ids')!.appendFile(`${id}\n`);
      ids.push(id);
    },
    pathOf,
    async close() {
      for (const file of files.values()) await file.close();
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

async function agreeOnSettings(folder: string, settings: PartShardSettings): Promise<void> {
  const path = join(folder, 'settings.json');
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found === undefined) return replaceFileSync(path, JSON.stringify(settings));
  const difference = firstDifference(parsed(found), settings);
  if (difference === undefined) return;
  throw new SemmaeError({
    where: 'writePartShard',
    requirement: `the unfinished shard ${folder} must have ${difference.path} ${difference.now ?? 'left out'}`,
    got: difference.before ?? 'nothing',
    remedy: 'delete the folder to start over',
  });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return {};
  }
}

/** The names whose images are whole in every file. */
async function completeIds(
  path: string,
  files: ReadonlyMap<ShardTensorName, FileHandle>,
  recordBytes: Readonly<Record<string, number>>,
): Promise<string[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1); // after the last line feed: nothing, or half a name
  let whole = lines.length;
  for (const [name, bytes] of Object.entries(recordBytes)) {
    if (bytes === 0) continue;
    const { size } = await files.get(name as ShardTensorName)!.stat();
    whole = Math.min(whole, Math.floor(size / bytes));
  }
  return lines.slice(0, whole);
}
