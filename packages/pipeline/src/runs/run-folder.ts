// The folder of one run and the settings that it was begun with.

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { firstDifference, SemmaeError } from '@semmae/core';
import { makeWritableFolder, orUnwritable, replaceFileSync } from '@semmae/core/files';

import type { ResumePolicy } from './stage-options';

export interface EnterRunFolderOptions {
  folder: string;
  /** Everything that the result depends on, as plain JSON; must be the same when the run is continued. */
  settings: Readonly<Record<string, unknown>>;
  resume: ResumePolicy;
  /** What a program without `resume` says when a setting differs. Default: to repeat the first command with `resume`. */
  mismatch?: { where: string; remedy: string };
  /** What to do about single settings that differ, by key. */
  remedies?: Readonly<Record<string, string>>;
}

const resumeMismatch = { where: '`resume`', remedy: 'repeat the first command with `resume`' };

/** The names that a run of SemMAE gives to its stages. */
export const stageNames = { encoder: 'part-encoder', parts: 'parts', maps: 'part-maps.safetensors' } as const;

/** The encoder that the parts of a SemMAE run were learned on, where `parts` is the folder of one. */
export function encoderBeside(parts: unknown): string | undefined {
  if (typeof parts !== 'string') return undefined;
  const folder = join(parts, stageNames.encoder);
  return existsSync(folder) ? folder : undefined;
}

const settingsFile = 'config.json';

/**
 * Makes the folder for a new run, or checks that it holds this one; gives its absolute path.
 *
 * Throws a SemmaeError of one line when `resume` does not agree with what is there, when a setting differs, and when the folder
 * cannot be written.
 */
export function enterRunFolder(options: EnterRunFolderOptions): string {
  const { folder, settings, resume, mismatch = resumeMismatch, remedies = {} } = options;
  const path = resolve(folder);
  const stored = readRunSettings(path);
  if (stored === undefined && resume === 'require') throw nothingToResume(path);
  if (stored !== undefined && resume === 'refuse') throw taken(path);
  if (stored !== undefined) assertSameSettings(stored, settings, mismatch, remedies);
  makeWritable(path);
  if (stored === undefined) {
    const text = `${JSON.stringify(settings, null, 2)}\n`;
    orUnwritable({ where: '`out`', path }, () => replaceFileSync(join(path, settingsFile), text));
  }
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
    return JSON.parse(readFileSync(file, 'utf8'));
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
  stored: unknown,
  now: unknown,
  { where, remedy }: { where: string; remedy: string },
  remedies: Readonly<Record<string, string>>,
): void {
  const difference = firstDifference(stored, now);
  if (difference === undefined) return;
  const { path, before = 'left out', now: got = 'nothing' } = difference;
  throw new SemmaeError({
    where,
    requirement: `\`${path}\` must be ${before}, as when the run began`,
    got,
    remedy: remedies[path.split('.')[0]!] ?? remedy,
  });
}

/** The folder exists and takes files; made if absent. */
export function makeWritable(path: string): void {
  makeWritableFolder(path, { where: '`out`', remedy: 'choose another `out`' });
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
