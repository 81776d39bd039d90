// A run on disk: metrics.jsonl and the last two checkpoints. The only part of training that touches the file system.

import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SemmaeError } from '@semmae/core';
import type * as tf from '@tensorflow/tfjs-core';

import { type CheckpointReader, openCheckpoint, writeCheckpoint } from './checkpoint-file';
import { type MetricsLog, openMetricsLog, type StepRecord } from './metrics-log';
import { assertSameRun, decodeRunState, encodeRunState, type RunState, restoreVariables } from './training-state';

export interface RunFolder {
  /** The state that the variables were restored to; undefined for a new run. */
  readonly restored: RunState | undefined;
  log(record: StepRecord): void;
  /** Writes a checkpoint; the one before becomes `previous`. */
  save(state: RunState): Promise<void>;
  close(): void;
}

export interface RunFolderOptions {
  folder: string;
  /** Continue the run in the folder, if there is one; otherwise its presence is an error. */
  resume: boolean;
  variables: ReadonlyMap<string, tf.Variable>;
  expected: Pick<RunState, 'stepsPerEpoch' | 'accumulationSteps' | 'configuration'>;
  onWarning: (message: string) => void;
}

/** Opens a folder for training. Finds out here, before the first step, that it cannot be written or holds another run. */
export async function openRunFolder({
  folder,
  resume,
  variables,
  expected,
  onWarning,
}: RunFolderOptions): Promise<RunFolder> {
  const last = join(folder, 'checkpoint-last.safetensors');
  const previous = join(folder, 'checkpoint-previous.safetensors');
  await assertWritable(folder);
  if (!resume && (existsSync(last) || existsSync(previous))) {
    throw new SemmaeError({
      where: 'train',
      requirement: 'folder must not hold a run when resume is false',
      got: folder,
      remedy: 'resume it, or choose another folder',
    });
  }
  const restored = await restore();
  const log: MetricsLog = await openMetricsLog(join(folder, 'metrics.jsonl'), restored?.completedSteps ?? 0);

  async function restore(): Promise<RunState | undefined> {
    const found = await openNewest([last, previous].filter(existsSync), onWarning);
    if (found === undefined) return undefined;
    const { path, reader } = found;
    try {
      const state = decodeRunState(reader);
      assertSameRun(path, state, expected);
      await restoreVariables(path, reader, variables);
      // A damaged file must not become `previous` at the next save and push out the good one.
      if (path !== last && existsSync(last)) await rename(last, join(folder, 'checkpoint-damaged.safetensors'));
      return state;
    } finally {
      await reader.close();
    }
  }

  return {
    restored,
    log: (record) => {
      try {
        log.append(record);
      } catch (cause) {
        throw unwritable(folder, cause);
      }
    },
    async save(state) {
      try {
        await writeCheckpoint(last, variables, encodeRunState(state), async () => {
          if (existsSync(last)) await rename(last, previous);
        });
      } catch (cause) {
        throw SemmaeError.isInstance(cause) ? cause : unwritable(folder, cause);
      }
    },
    close: () => log.close(),
  };
}

/** The first checkpoint that is whole. A damaged one is passed over with a warning as long as another is left. */
async function openNewest(
  paths: readonly string[],
  onWarning: (message: string) => void,
): Promise<{ path: string; reader: CheckpointReader } | undefined> {
  for (const [index, path] of paths.entries()) {
    try {
      return { path, reader: await openCheckpoint(path) };
    } catch (error) {
      if (index === paths.length - 1) throw error;
      onWarning(`${(error as Error).message}; going on from ${paths[index + 1]}`);
    }
  }
  return undefined;
}

async function assertWritable(folder: string): Promise<void> {
  const probe = join(folder, '.writable');
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(probe, '');
    await rm(probe);
  } catch (cause) {
    throw new SemmaeError({
      where: 'train',
      requirement: `folder ${folder} must be writable`,
      got: cause,
      remedy: 'choose another folder or change its permissions',
      cause,
    });
  }
}

function unwritable(folder: string, cause: unknown): SemmaeError {
  return new SemmaeError({
    where: 'train',
    requirement: `folder ${folder} must take the run's files`,
    got: cause,
    remedy:
      'free some space or choose another folder; the last complete checkpoint is intact, so the run can be resumed',
    cause,
  });
}
