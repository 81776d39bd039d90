// Runs jobs in threads, or here where there are none.

import { SemmaeError } from '@semmae/core';

import { Undecodable } from '../pixels/undecodable';
import { ThreadEnded, ThreadHandle } from './thread-handle';
import { runViewJob, type ViewJob, type ViewResult } from './view-job';

export interface ViewPoolOptions {
  /** Threads; 0 runs every job here. */
  workers: number;
  /** So many jobs run here before threads are started. Default 0. */
  firstHere?: number;
  /** The module that threads run. */
  threadFile?: URL;
  /** Told that a thread ended. */
  onWarning(message: string): void;
}

export interface ViewPool {
  /** Jobs begin in the order of the calls. `id` names the image in messages. Rejects with Undecodable, and `LoaderClosed`. */
  run(id: string, makeJob: () => Promise<ViewJob>): Promise<ViewResult>;
  /** Ends the threads. */
  close(): Promise<void>;
}

/** The loader was closed before the job was done. */
export class LoaderClosed extends Error {
  constructor() {
    super('the loader is closed');
    this.name = 'LoaderClosed';
  }
}

/** Jobs that the main thread has at a time. */
const jobsHere = 4;

interface Task {
  id: string;
  makeJob: () => Promise<ViewJob>;
  /** Whether a thread has ended with it. */
  isSuspect: boolean;
  resolve(result: ViewResult): void;
  reject(error: unknown): void;
}

/**
 * Threads start with the first job for them, and are given all jobs at once: a calling thread that is busy could hand out none. When one
 * ends, each of the jobs that it worked on gets a second try in a thread of its own; the one that ends that one too is undecodable.
 */
export function viewPool({
  workers,
  firstHere = 0,
  threadFile = fileOfThreads(),
  onWarning,
}: ViewPoolOptions): ViewPool {
  const waiting: Task[] = [];
  let threads: ThreadHandle[] = [];
  const reserved = new Set<ThreadHandle>();
  let begunHere = 0;
  let runningHere = 0;
  let isClosed = false;

  function beginSome(): void {
    while (waiting.length > 0 && begin(waiting[0]!)) waiting.shift();
  }

  /** Whether there was room for it. */
  function begin(task: Task): boolean {
    if (workers === 0 || begunHere < firstHere) {
      if (runningHere === jobsHere) return false;
      begunHere++;
      runningHere++;
      settle(task, task.makeJob().then(runViewJob), () => runningHere--);
      return true;
    }
    const thread = threadFor(task);
    if (thread === undefined) return false;
    if (task.isSuspect) reserved.add(thread);
    settle(task, thread.run(task.makeJob()), () => reserved.delete(thread));
    return true;
  }

  /** An idle thread, or a new one, or the one with the least to do; a suspect waits for one of its own. */
  function threadFor({ isSuspect }: Task): ThreadHandle | undefined {
    threads = threads.filter(({ isOver }) => !isOver);
    const free = threads.filter((thread) => !reserved.has(thread)).sort((a, b) => a.load - b.load)[0];
    if (free?.load === 0) return free;
    if (threads.length < workers) {
      const started = new ThreadHandle(threadFile);
      threads.push(started);
      return started;
    }
    return isSuspect ? undefined : free;
  }

  function settle(task: Task, result: Promise<ViewResult>, release: () => void): void {
    result
      .then(task.resolve, (error: unknown) => fail(task, error))
      .finally(() => {
        release();
        beginSome();
      });
  }

  function fail(task: Task, error: unknown): void {
    if (isClosed) task.reject(new LoaderClosed());
    else if (!(error instanceof ThreadEnded)) task.reject(error);
    else if (!error.wasReady) task.reject(cannotStart(error));
    else if (!error.wasBegun) waiting.unshift(task);
    else if (task.isSuspect) {
      const reason = `a thread that read it ended twice, the last time by ${error.message}`;
      task.reject(new Undecodable('ends its decoder', reason));
    } else {
      onWarning(
        `a thread of the loader ended (${error.message}) with ${task.id} in its hands, which gets a second try`,
      );
      waiting.unshift({ ...task, isSuspect: true });
    }
  }

  return {
    run(id, makeJob) {
      return new Promise((resolve, reject) => {
        if (isClosed) {
          reject(new LoaderClosed());
          return;
        }
        waiting.push({ id, makeJob, isSuspect: false, resolve, reject });
        beginSome();
      });
    },
    async close() {
      isClosed = true;
      for (const { reject } of waiting.splice(0)) reject(new LoaderClosed());
      await Promise.all(threads.splice(0).map((thread) => thread.end()));
    },
  };
}

function cannotStart({ message }: Error): SemmaeError {
  return new SemmaeError({
    where: 'viewLoader',
    requirement: 'threads must start',
    got: message,
    remedy: 'set `workers` to 0 to decode in the calling thread',
  });
}

/** Beside this file among the sources; a file of its own where the package is built, under the folder of its entry. */
function fileOfThreads(): URL {
  const { url } = import.meta;
  return new URL(url.endsWith('.ts') ? './view-thread.ts' : './loader/view-thread.js', url);
}
