// What a thread of a loader is asked and what it answers.

import { SemmaeError } from '@semmae/core';

import { Undecodable } from '../pixels/undecodable';
import type { ViewJob, ViewResult } from './view-job';

/** Jobs that a thread works on at a time, in the order in which it gets them: libvips decodes for one while the other is resized. */
export const jobsAtATime = 2;

export interface ThreadQuestion {
  id: number;
  job: ViewJob;
}

export type ThreadAnswer = { id: number; result: ViewResult } | { id: number; failure: Failure };

/** An error as plain data. */
export type Failure =
  | { of: 'image'; kind: string; message: string }
  | { of: 'settings'; where: string; requirement: string; got: string; remedy: string | undefined }
  | { of: 'program'; message: string };

export function describeFailure(error: unknown): Failure {
  if (error instanceof Undecodable) return { of: 'image', kind: error.kind, message: error.message };
  if (!SemmaeError.isInstance(error)) return { of: 'program', message: firstLine(error) };
  const { where, requirement, got, remedy } = error;
  return { of: 'settings', where, requirement, got: String(got), remedy };
}

export function errorOf(failure: Failure): Error {
  if (failure.of === 'image') return new Undecodable(failure.kind, failure.message);
  return failure.of === 'settings' ? new SemmaeError(failure) : new Error(failure.message);
}

/** Of the message of an error. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}
