// The folder of one run: its settings, one sub-folder per trained model, the results. What is finished is never done twice.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { enterRunFolder } from '@semmae/pipeline';
import writeFileAtomic from 'write-file-atomic';

import type { ReproOptions } from './options';

export interface RunFolder {
  readonly path: string;
  /** Creates and returns a sub-folder. */
  folder(...names: string[]): string;
  /** The stored result of a stage, or what `work` returns, which is stored. */
  once<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
  write(name: string, text: string): void;
}

const settingsFile = 'config.json';

/** Opens the folder of `--out`, or a free (with --resume: the newest) one under `repro-out`, and checks that the run may go there. */
export function openRunFolder(options: ReproOptions): RunFolder {
  const path = options.out === undefined ? defaultPath(options) : resolve(options.out);
  const { preset, data, seeds, strategies, backend } = options;
  const settings = {
    preset,
    data: data === undefined ? undefined : resolve(data),
    seeds,
    strategies,
    backend,
  };
  enterRunFolder({ folder: path, settings, resume: options.resume ? 'require' : 'refuse' });
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
