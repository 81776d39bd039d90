// The folder of one run and the settings that it was begun with.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { SemmaeError } from '@semmae/core';
import writeFileAtomic from 'write-file-atomic';

import type { ResumePolicy } from './stage-options';

export interface EnterRunFolderOptions {
  folder: string;
  /** Everything that the result depends on, as plain JSON; must be the same when the run is continued. */
  settings: Readonly<Record<string, unknown>>;
  resume: ResumePolicy;
  /** How a setting is called where the user sets it. Default: `--` and the key. */
  nameOf?: (key: string) => string;
  /** What a program without `resume` says when a setting differs. Default: to repeat the first command with `resume`. */
  mismatch?: { where: string; remedy: string };
  /** What to do about single settings that differ, by key. */
  remedies?: Readonly<Record<string, string>>;
}

const resumeMismatch = { where: '`resume`', remedy: 'repeat the first command with `resume`' };

const settingsFile = 'run.json';

/**
 * Makes the folder for a new run, or checks that it holds this one; gives its absolute path.
 *
 * Throws a SemmaeError of one line when `resume` does not agree with what is there, when a setting differs, and when the folder
 * cannot be written.
 */
export function enterRunFolder(options: EnterRunFolderOptions): string {
  const { folder, settings, resume, nameOf = optionName, mismatch = resumeMismatch, remedies = {} } = options;
  const path = resolve(folder);
  const stored = readRunSettings(path);
  if (stored === undefined && resume === 'require') throw nothingToResume(path);
  if (stored !== undefined && resume === 'refuse') throw taken(path);
  if (stored !== undefined) assertSameSettings(stored, settings, nameOf, mismatch, remedies);
  makeWritable(path);
  if (stored === undefined) writeFileAtomic.sync(join(path, settingsFile), `${JSON.stringify(settings, null, 2)}\n`);
  return path;
}

/** What `enterRunFolder` checks of `resume`, without making anything: for what must fail before long work. */
export function assertEnterable(folder: string, resume: ResumePolicy): void {
  const path = resolve(folder);
  const isThere = existsSync(join(path, settingsFile));
  if (!isThere && resume === 'require') throw nothingToResume(path);
  if (isThere && resume === 'refuse') throw taken(path);
}

/** What a run was begun with; undefined where there is none. */
export function readRunSettings(path: string): Record<string, unknown> | undefined {
  const file = join(path, settingsFile);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
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

function assertSameSettings(
  stored: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
  nameOf: (key: string) => string,
  { where, remedy }: { where: string; remedy: string },
  remedies: Readonly<Record<string, string>>,
): void {
  for (const key of new Set([...Object.keys(now), ...Object.keys(stored)])) {
    const [then, wanted] = [JSON.stringify(stored[key]), JSON.stringify(now[key])];
    if (then === wanted) continue;
    throw new SemmaeError({
      where,
      requirement: `${nameOf(key)} must be ${then ?? 'left out'}, as when the run began`,
      got: wanted ?? 'nothing',
      remedy: remedies[key] ?? remedy,
    });
  }
}

function optionName(key: string): string {
  return `\`${key}\``;
}

/** The folder exists and takes files; made if absent. */
export function makeWritable(path: string): void {
  const probe = join(path, '.writable');
  try {
    makeFolders(path);
    writeFileAtomic.sync(probe, '');
    rmSync(probe);
  } catch (cause) {
    throw new SemmaeError({
      where: '`out`',
      requirement: 'must be a folder that can be written',
      got: cause,
      remedy: 'choose another `out`',
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

export function nothingToResume(path: string): SemmaeError {
  return new SemmaeError({
    where: '`resume`',
    requirement: `${path} must hold a run`,
    got: 'none there',
    remedy: 'start it without `resume`',
  });
}

export function taken(path: string): SemmaeError {
  return new SemmaeError({
    where: '`out`',
    requirement: 'must not hold a run already',
    got: path,
    remedy: 'pass `resume` to continue it, or another `out`',
  });
}
