// One thread of a loader, seen from the thread that started it.

import { Worker } from 'node:worker_threads';

import { errorOf, firstLine, jobsAtATime, type ThreadAnswer, type ThreadQuestion } from './messages';
import type { JobImage, ViewJob, ViewResult } from './view-job';

/** The thread ended with the job in its hands. */
export class ThreadEnded extends Error {
  /** Whether it had come to work at all. */
  readonly wasReady: boolean;
  /** Whether the job was one of those that it worked on, rather than one that waited behind them. */
  readonly wasBegun: boolean;

  constructor(reason: string, { wasReady, wasBegun }: Pick<ThreadEnded, 'wasReady' | 'wasBegun'>) {
    super(reason);
    this.wasReady = wasReady;
    this.wasBegun = wasBegun;
  }
}

interface Waiting {
  resolve(result: ViewResult): void;
  reject(error: Error): void;
}

/** Owns a worker. It holds the process only while it has something to do. */
export class ThreadHandle {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #load = 0;
  #end: string | undefined;
  #isReady = false;

  constructor(file: URL) {
    this.#worker = file.pathname.endsWith('.ts') ? workerOfSource(file) : new Worker(file, { workerData });
    this.#worker.unref();
    this.#worker.on('message', (answer: ThreadAnswer | 'ready') => {
      if (answer === 'ready') this.#isReady = true;
      else this.#settle(answer);
    });
    this.#worker.on('error', (error: unknown) => this.#endWaiting(firstLine(error)));
    this.#worker.on('exit', (code) => this.#endWaiting(`exit code ${code}`));
  }

  /** Jobs that have no answer yet. */
  get load(): number {
    return this.#load;
  }

  /** Whether the thread has ended, by whatever cause. */
  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** Rejects with what the job throws, and with ThreadEnded when the thread ends before it is done. */
  async run(job: Promise<ViewJob>): Promise<ViewResult> {
    this.#load++;
    try {
      const made = await job;
      return await this.#ask(made);
    } finally {
      this.#load--;
    }
  }

  async end(): Promise<void> {
    this.#endWaiting('close()');
    await this.#worker.terminate();
  }

  #ask(job: ViewJob): Promise<ViewResult> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) {
        reject(new ThreadEnded(this.#end, { wasReady: this.#isReady, wasBegun: false }));
        return;
      }
      const [source, buffers] = withOwnCopy(job.source);
      const question: ThreadQuestion = { id: ++this.#lastId, job: { ...job, source } };
      this.#worker.postMessage(question, buffers);
      this.#waiting.set(question.id, { resolve, reject });
      this.#worker.ref();
    });
  }

  #settle(answer: ThreadAnswer): void {
    if (this.isOver) return; // no job is left, and `unref` would let a process end that awaits the end of the thread
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('result' in answer) waiting?.resolve(answer.result);
    else waiting?.reject(errorOf(answer.failure));
  }

  #endWaiting(reason: string): void {
    this.#end ??= reason;
    for (const [place, { reject }] of [...this.#waiting.values()].entries()) {
      reject(new ThreadEnded(reason, { wasReady: this.#isReady, wasBegun: place < jobsAtATime }));
    }
    this.#waiting.clear();
  }
}

/** `web-worker`, which geotiff imports, fails in threads that are given nothing. */
const workerData = {};

/** No thread inherits the loader of TypeScript that its program runs from: beside the sources tsx is there to be had. */
function workerOfSource(file: URL): Worker {
  const [tsx, module] = [import.meta.resolve('tsx/esm/api'), file.href].map((name) => JSON.stringify(name));
  const start = `import(${tsx}).then(({ register }) => (register(), import(${module})))`;
  return new Worker(start, { eval: true, workerData, execArgv: ['--conditions=@semmae/source'] });
}

/** Handing over the caller's array would empty it, and copying a part of a larger one would copy all of that. */
function withOwnCopy(source: JobImage): [source: JobImage, buffers: ArrayBuffer[]] {
  if (source.kind === 'kept') return [source, []]; // in shared memory
  if (source.image instanceof Uint8Array) {
    const image = new Uint8Array(source.image);
    return [{ kind: 'stored', image }, [image.buffer]];
  }
  const pixels = source.image.pixels.slice();
  return [{ ...source, image: { ...source.image, pixels } } as JobImage, [pixels.buffer as ArrayBuffer]];
}
