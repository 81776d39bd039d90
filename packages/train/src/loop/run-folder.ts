// A run on disk: metrics.jsonl and, in checkpoints/, the last two states. The only part of training that touches the file system.

import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';

import { jsonEntry, openSafetensors, type SafetensorsFile, writeSafetensors } from '@semmae/checkpoints';
import { SemmaeError } from '@semmae/core';
import { makeWritableFolder, orUnwritable } from '@semmae/core/files';
import type * as tf from '@tensorflow/tfjs-core';

import { openMetricsLog, type StepRecord } from './metrics-log';
import { restoreVariables, storedVariables } from './stored-variables';
import { assertSameRun, otherSettings, type RunState } from './training-state';

const format = 'semmae-checkpoint/1';

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
  const checkpoints = join(folder, 'checkpoints');
  const [last, previous, damaged] = ['last', 'previous', 'damaged'].map((name) =>
    join(checkpoints, `${name}.safetensors`),
  ) as [string, string, string];
  makeWritableFolder(checkpoints, {
    where: 'train',
    remedy: 'choose another folder or change its permissions',
  });
  const present = () => [last, previous].filter(existsSync);
  const place = {
    where: 'train',
    path: folder,
    remedy: () =>
      present().length > 0
        ? 'free some space, then resume: the checkpoint from before is whole'
        : 'free some space or choose another folder; there is no checkpoint yet',
  };
  if (!resume && present().length > 0) {
    throw new SemmaeError({
      where: 'train',
      requirement: 'folder must not hold a run when resume is false',
      got: folder,
      remedy: 'resume it, or choose another folder',
    });
  }
  const restored = await restore();
  const log = await orUnwritable(place, () =>
    openMetricsLog(join(folder, 'metrics.jsonl'), restored?.completedSteps ?? 0),
  );

  async function restore(): Promise<RunState | undefined> {
    const file = await openNewest(present(), onWarning);
    if (file === undefined) return undefined;
    try {
      const state = jsonEntry(file, 'run') as RunState;
      assertSameRun(file.path, state, expected);
      await restoreVariables(file, variables, otherSettings);
      // A damaged file must not become `previous` at the next save and push out the good one.
      if (file.path !== last && existsSync(last)) await rename(last, damaged);
      return state;
    } finally {
      file.close();
    }
  }

  return {
    restored,
    log: (record) => orUnwritable(place, () => log.append(record)),
    async save(state) {
      await orUnwritable(place, () =>
        writeSafetensors(last, storedVariables(variables), {
          metadata: { format, run: JSON.stringify(state) },
          checksum: true,
          async beforeReplacing() {
            if (existsSync(last)) await rename(last, previous);
          },
        }),
      );
    },
    close: () => log.close(),
  };
}

/** The first checkpoint that is whole. A damaged one is passed over with a warning as long as another is left. */
async function openNewest(
  paths: readonly string[],
  onWarning: (message: string) => void,
): Promise<SafetensorsFile | undefined> {
  for (const [index, path] of paths.entries()) {
    try {
      return await openSafetensors(path, { format, verify: true });
    } catch (error) {
      if (index === paths.length - 1) throw error;
      onWarning(`${(error as Error).message}; going on from ${paths[index + 1]}`);
    }
  }
  return undefined;
}
