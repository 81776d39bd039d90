// One masking thread, seen from the thread that started it.

import { Worker } from 'node:worker_threads';
import { SemmaeError } from '@semmae/core';

import type { MaskBatch } from '../../mask-batch';
import type { MaskingContext } from '../../masking-strategy';
import type { MaskRequest } from '../mask-request';
import { buffersOf, type ThreadAnswer, type ThreadQuestion, type ThreadSettings } from './messages';

interface Waiting {
  resolve(masks: MaskBatch): void;
  reject(error: Error): void;
}

/** Owns a worker. It holds the process only while it has something to do. */
export class ThreadHandle {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #isOver = false;

  constructor(settings: ThreadSettings) {
    this.#worker = new Worker(new URL('./masking-thread.js', import.meta.url), { workerData: settings }); // built beside this file
    this.#worker.unref();
    this.#worker.on('message', (answer: ThreadAnswer) => this.#settle(answer));
    this.#worker.on('error', (error: Error) => this.#endWaiting(stopped(error.message)));
    this.#worker.on('exit', (code) => this.#endWaiting(stopped(`exit code ${code}`)));
  }

  /** Requests that have no answer yet. */
  get load(): number {
    return this.#waiting.size;
  }

  /** Whether the thread has ended, by whatever cause. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The masks that `request` asks for. Rejects with one line on what the strategy throws, and when the thread ends. */
  run(request: MaskRequest): Promise<MaskBatch> {
    return new Promise((resolve, reject) => {
      const contexts = request.contexts.map(ownCopy);
      const question: ThreadQuestion = { id: ++this.#lastId, request: { ...request, contexts } };
      this.#worker.postMessage(question, buffersOf(contexts));
      this.#waiting.set(question.id, { resolve, reject });
      this.#worker.ref();
    });
  }

  async end(): Promise<void> {
    this.#endWaiting(stopped('close()'));
    await this.#worker.terminate();
  }

  #settle(answer: ThreadAnswer): void {
    if (this.#isOver) return; // no request is left, and `unref` would let a process end that awaits the end of the thread
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('masks' in answer) waiting?.resolve(answer.masks);
    else waiting?.reject(new Error(answer.error));
  }

  #endWaiting(error: Error): void {
    this.#isOver = true;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** The context with arrays of its own: handing over the caller's would empty them, and copying a view copies all around it. */
function ownCopy(context: MaskingContext): MaskingContext {
  const copied = Object.entries(context).map(([name, value]) => [name, isTypedArray(value) ? value.slice() : value]);
  return Object.fromEntries(copied) as MaskingContext;
}

function isTypedArray(value: unknown): value is Float32Array | Uint8Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function stopped(got: string): SemmaeError {
  return new SemmaeError({
    where: 'maskingWorkers',
    requirement: 'a thread must live until its batches are masked',
    got: got.split('\n')[0],
    remedy: 'neither the strategy nor what its module imports may end the process or exhaust its memory',
  });
}
