// The process of one compared model; see jobs.ts.

import { Interrupted, selectBackend } from '@semmae/pipeline';

import type { JobMessage } from './jobs';
import { type ModelJob, type ModelJobResult, runModelJob } from './model-job';

const abort = new AbortController();
// Ctrl-C reaches the whole group of processes; the parent says when to stop.
process.on('SIGINT', () => {});
process.once('SIGTERM', () => abort.abort());
process.once('disconnect', () => abort.abort());

const send = (message: JobMessage<ModelJobResult>) => process.send?.(message);

process.once('message', async (job: ModelJob) => {
  try {
    const { compile } = await selectBackend(job.backend, { threads: job.threads });
    const result = await runModelJob(job, {
      compile,
      signal: abort.signal,
      onProgress: ({ unit, done, total }) => {
        if (unit === 'steps') send({ kind: 'progress', done: done / total });
      },
    });
    send({ kind: 'result', result });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    send(error instanceof Interrupted ? { kind: 'interrupted' } : { kind: 'failure', message });
  }
  process.disconnect();
});
