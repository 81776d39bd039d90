// The folder of one run: its settings, one sub-folder per trained model, the results. What is finished is never done twice.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { SemmaeError } from '@semmae/core';
import writeFileAtomic from 'write-file-atomic';

import type { ReproOptions } from './options';

/** The settings that must agree when a run is resumed: everything that its numbers depend on. */
export type RunSettings = Pick<ReproOptions, 'preset' | 'data' | 'seeds' | 'strategies' | 'backend'>;

export interface RunFolder {
  readonly path: string;
  /** Creates and returns a sub-folder. */
  folder(...names: string[]): string;
  /** The stored result of a stage, or what `work` returns, which is stored. */
  once<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
  write(name: string, text: string): void;
}

const settingsFile = 'run.json';

/** Opens the folder of `--out`, or a free (with --resume: the newest) one under `repro-out`, and checks that the run may go there. */
export function openRunFolder(options: ReproOptions): RunFolder {
  const path = options.out === undefined ? defaultPath(options) : resolve(options.out);
  const { preset, data, seeds, strategies, backend } = options;
  const settings: RunSettings = {
    preset,
    data: data === undefined ? undefined : resolve(data),
    seeds,
    strategies,
    backend,
  };
  const stored = readSettings(path);
  if (stored === undefined) {
    if (options.resume) {
      throw new SemmaeError({
        where: '--resume',
        requirement: `${path} must hold a run`,
        got: 'no run.json there',
        remedy: 'start it without --resume',
      });
    }
    makeWritable(path);
    writeFileAtomic.sync(join(path, settingsFile), `${JSON.stringify(settings, null, 2)}\n`);
  } else if (!options.resume) {
    throw new SemmaeError({
      where: '--out',
      requirement: 'the folder must not hold a run already',
      got: path,
      remedy: 'pass --resume to continue it, or another --out',
    });
  } else {
    assertSameSettings(stored, settings);
    makeWritable(path);
  }
  return createRunFolder(path);
}

function createRunFolder(path: string): RunFolder {
  const write = (name: string, text: string) => writeFileAtomic.sync(join(path, name), text);
  return {
    path,
    write,
    folder(...names) {
      const folder = join(path, ...names);
      mkdirSync(folder, { recursive: true });
      return folder;
    },
    async once(name, work) {
      const file = join(path, `${name}.json`);
      if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
      const result = await work();
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileAtomic.sync(file, `${JSON.stringify(result)}\n`);
      return result;
    },
  };
}

function defaultPath({ preset, resume }: ReproOptions): string {
  const numbered = (attempt: number) => resolve('repro-out', attempt === 1 ? preset : `${preset}-${attempt}`);
  let attempt = 1;
  while (existsSync(join(numbered(attempt), settingsFile))) attempt++;
  return numbered(resume ? Math.max(1, attempt - 1) : attempt);
}

function readSettings(path: string): RunSettings | undefined {
  const file = join(path, settingsFile);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunSettings;
  } catch (cause) {
    throw new SemmaeError({
      where: file,
      requirement: 'must hold the settings of a run as JSON',
      got: cause,
      remedy: 'remove the folder and start again',
      cause,
    });
  }
}

function assertSameSettings(stored: RunSettings, now: RunSettings): void {
  for (const key of Object.keys(now) as (keyof RunSettings)[]) {
    const [then, wanted] = [JSON.stringify(stored[key]), JSON.stringify(now[key])];
    if (then === wanted) continue;
    throw new SemmaeError({
      where: '--resume',
      requirement: `--${key} must be ${then ?? 'left out'}, as when the run began`,
      got: wanted ?? 'nothing',
      remedy: 'repeat the first command with --resume',
    });
  }
}

function makeWritable(path: string): void {
  try {
    makeFolders(path);
    writeFileAtomic.sync(join(path, '.writable'), '');
  } catch (cause) {
    throw new SemmaeError({
      where: '--out',
      requirement: 'must be a folder that can be written',
      got: cause,
      remedy: 'choose another --out',
      cause,
    });
  }
}

/** `mkdir -p`, one folder at a time: Node's recursive mkdir never returns where a file system refuses with ENOENT, as /proc does. */
function makeFolders(path: string): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  mkdirSync(path);
}
