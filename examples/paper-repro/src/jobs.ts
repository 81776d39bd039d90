// Jobs in processes of their own, a few at a time: single-threaded trainings side by side use two cores better than one training
// with two threads.

import { fork } from 'node:child_process';

import { SemmaeError } from '@semmae/core';
import { Interrupted } from '@semmae/pipeline';

export interface RunJobsOptions<Job> {
  jobs: readonly Job[];
  /** Processes at a time. */
  workers: number;
  /** The script of a process: takes a job as its first message, answers with `JobMessage`s. */
  script: string;
  signal?: AbortSignal;
  /** Share of the job that is done, in [0, 1]. */
  onProgress: (job: Job, done: number) => void;
}

export type JobMessage<Result> =
  | { kind: 'progress'; done: number }
  | { kind: 'result'; result: Result }
  | { kind: 'interrupted' }
  | { kind: 'failure'; message: string };

/** The results in the order of the jobs. Throws `Interrupted` where `signal` is aborted, and the first failure of a job. */
export async function runJobs<Job extends object, Result>(options: RunJobsOptions<Job>): Promise<Result[]> {
  const { jobs, workers, signal } = options;
  const results: Result[] = [];
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
  let next = 0;
  const work = async () => {
    while (next < jobs.length && !either.aborted) {
      const place = next++;
      results[place] = await runJob<Job, Result>(jobs[place]!, options, either);
    }
  };
  const outcomes = await Promise.allSettled(
    Array.from({ length: Math.min(workers, jobs.length) }, () =>
      work().catch((error: unknown) => {
        stop.abort(); // the others save and end
        throw error;
      }),
    ),
  );
  const failure = outcomes
    .flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
    .sort((a, b) => Number(a instanceof Interrupted) - Number(b instanceof Interrupted))[0];
  if (failure !== undefined) throw failure;
  if (either.aborted) throw new Interrupted();
  return results;
}

function runJob<Job extends object, Result>(
  job: Job,
  { script, onProgress }: RunJobsOptions<Job>,
  signal: AbortSignal,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const execArgv = ['--conditions=@semmae/source', '--import', import.meta.resolve('tsx')];
    const child = fork(script, { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const stop = () => child.kill('SIGTERM');
    signal.addEventListener('abort', stop);
    const settle = (settled: () => void) => {
      signal.removeEventListener('abort', stop);
      settled();
    };
    child.on('message', (message: JobMessage<Result>) => {
      if (message.kind === 'progress') onProgress(job, message.done);
      else if (message.kind === 'result') {
        onProgress(job, 1); // a job that was done before reports no progress of its own
        settle(() => resolve(message.result));
      } else if (message.kind === 'interrupted') settle(() => reject(new Interrupted()));
      else
        settle(() =>
          reject(new SemmaeError({ where: 'repro', requirement: 'every model must train', got: message.message })),
        );
    });
    child.on('error', (error) => settle(() => reject(error)));
    child.on('exit', (code, by) => {
      // Asked to stop before it could listen: it had not begun, and there is nothing to save.
      if (by === 'SIGTERM' && signal.aborted) return settle(() => reject(new Interrupted()));
      const got = `a process that ended with ${by ?? `code ${code}`}`;
      settle(() => reject(new SemmaeError({ where: 'repro', requirement: 'every model must train', got })));
    });
    child.send(job);
  });
}
