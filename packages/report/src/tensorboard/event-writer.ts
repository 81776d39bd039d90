// Scalars, pictures and texts of a run for TensorBoard, without TensorFlow.

import { appendFileSync, closeSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { assertInteger, SemmaeError } from '@semmae/core';

import { encodePng } from '../pictures/encode-png';
import type { Picture } from '../pictures/picture';
import { eventFileName } from './event-file-name';
import { imageEvent, restartEvent, scalarEvent, textEvent, versionEvent } from './event-message';
import { tfRecord } from './tf-record';

export interface EventWriterOptions {
  /** The run's folder, which `tensorboard --logdir` finds; it is made if it is not there. */
  folder: string;
  /**
   * For a run that goes on: its last step that counts, 0 where it starts over. Later steps in older files of the folder are taken back.
   * Default: nothing is taken back.
   */
  resumedFrom?: number;
  /** Seconds since 1970, for the name of the file and for records without a wall time. Default: the clock. */
  now?: () => number;
}

export interface EventWriter {
  /** The file that this writer has begun. */
  readonly path: string;
  /** `value` is kept as float32 and may be NaN or infinite, which TensorBoard marks. A tag `loss/train` is `train` of the group `loss`. */
  scalar(tag: string, step: number, value: number, wallTime?: number): void;
  /** Resolves when the picture is written; until then the caller may not change its pixels. */
  image(tag: string, step: number, picture: Picture, wallTime?: number): Promise<void>;
  /** Markdown. */
  text(tag: string, step: number, text: string, wallTime?: number): void;
  /** Waits for pictures that are still being encoded, then closes the file. */
  close(): Promise<void>;
}

/**
 * Begins an event file. Every record reaches the system in one write before the call returns (a picture: before its promise resolves),
 * so a process that is killed loses at most the record that it was writing, and TensorBoard passes over the rest of that one.
 */
export function eventWriter({ folder, resumedFrom, now = () => Date.now() / 1000 }: EventWriterOptions): EventWriter {
  if (resumedFrom !== undefined) assertInteger('eventWriter', 'resumedFrom', resumedFrom, { least: 0 });
  mkdirSync(folder, { recursive: true });
  const name = { seconds: now(), host: hostname(), processId: process.pid };
  const path = join(folder, eventFileName(readdirSync(folder), name));
  const file = openSync(path, 'ax');
  let isOpen = true;
  let pictures = Promise.resolve(); // settles after all pictures so far, so those of a tag stay in the order of the calls

  const append = (message: Uint8Array) => appendFileSync(file, tfRecord(message));
  const moment = (method: string, tag: string, step: number, wallTime = now()) => {
    const where = `eventWriter.${method}`;
    if (!isOpen) throw new SemmaeError({ where, requirement: 'the writer must be open', got: 'a closed one' });
    if (tag === '') throw new SemmaeError({ where, requirement: 'tag must not be empty', got: "''" });
    assertInteger(where, 'step', step, { least: 0 });
    return { wallTime, step };
  };

  append(versionEvent(now()));
  if (resumedFrom !== undefined) {
    const restart = restartEvent({ wallTime: now(), step: resumedFrom + 1 });
    append(restart); // TensorBoard's loader of plugins takes the first start that it meets for that of a new run,
    append(restart); // so only a second one takes back what came before
  }
  return {
    path,
    scalar: (tag, step, value, wallTime) => append(scalarEvent(moment('scalar', tag, step, wallTime), tag, value)),
    text: (tag, step, text, wallTime) => append(textEvent(moment('text', tag, step, wallTime), tag, text)),
    async image(tag, step, picture, wallTime) {
      const at = moment('image', tag, step, wallTime);
      const { height, width } = picture;
      const encoded = encodePng(picture);
      const written = Promise.allSettled([encoded, pictures])
        .then(() => encoded)
        .then((png) => append(imageEvent(at, tag, { height, width, png })));
      pictures = written.catch(() => {});
      await written;
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      await pictures;
      closeSync(file);
    },
  };
}
