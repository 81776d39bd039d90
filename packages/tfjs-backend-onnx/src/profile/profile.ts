// Where the time of a step goes, by ONNX Runtime's own profiler.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { backend, dispose, type TensorContainer, util } from '@tensorflow/tfjs-core';

import type { CollectedGraph } from '../graph/collect-graph';
import type { GraphRunner } from '../graph-runner';
import { OnnxBackend } from '../onnx-backend';
import { OnnxBackendError } from '../onnx-backend-error';
import { createGuardedSession } from '../runtime/guarded-session';
import type { RuntimeSession } from '../runtime/onnx-runtime';
import { readTrace } from './read-trace';
import { type NamedLayer, recordScopes } from './record-scopes';
import { type Profile, summarize } from './summarize';

export interface ProfileOptions {
  /** Steps that count. Default 5. */
  steps?: number;
  /** Steps before: graphs are compiled, memory is touched for the first time. Default 2. */
  warmUp?: number;
  /** Layers whose nodes are to count under their names, beside the scopes that `tf.tidy(name, …)` opens. */
  layers?: Iterable<NamedLayer>;
}

/**
 * Runs `run` `warmUp + steps` times and says where the time went: per operator, per tfjs kernel and per named scope.
 *
 * `run` is one synchronous step, compiled or not; tensors it returns are disposed. Variables that it assigns are assigned. Its
 * graphs are compiled anew, with the profiler, and forgotten afterwards; names of scopes are noted while they are traced.
 * On a GPU provider operators are timed at their submission, and the sum says little.
 *
 * Throws an OnnxBackendError on a tfjs backend that is not this package's.
 */
export function profile(
  run: () => TensorContainer,
  { steps = 5, warmUp = 2, layers = [] }: ProfileOptions = {},
): Profile {
  const current: unknown = backend();
  if (!(current instanceof OnnxBackend)) throw otherBackend();
  if (!(Number.isInteger(steps) && steps > 0 && Number.isInteger(warmUp) && warmUp >= 0))
    throw senseless(steps, warmUp);
  const folder = mkdtempSync(join(tmpdir(), 'onnx-profile-'));
  const sessions: ProfiledSession[] = [];
  const step = () => {
    const result = run();
    current.flush();
    dispose(result);
  };
  try {
    current.flush();
    const milliseconds: number[] = [];
    const create = (model: Uint8Array, graph: CollectedGraph) => {
      sessions.push(createProfiledSession(current.runner, model, graph, { folder, name: `session${sessions.length}` }));
      return sessions.at(-1)!;
    };
    let runsBefore: number[] = [];
    current.runner.withOwnSessions(create, () =>
      recordScopes(current.recorder, layers, () => {
        for (let index = 0; index < warmUp; index++) step();
        runsBefore = sessions.map(({ runs }) => runs);
        for (let index = 0; index < steps; index++) {
          const start = util.now();
          step();
          milliseconds.push(util.now() - start);
        }
      }),
    );
    for (const session of sessions) session.release(); // which writes the files
    const runs = sessions.flatMap(({ name, graph }, index) =>
      readTrace(folder, name, graph).runs.slice(runsBefore[index] ?? 0),
    );
    return summarize(milliseconds, runs);
  } finally {
    for (const session of sessions) session.release();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface ProfiledSession extends RuntimeSession {
  readonly name: string;
  readonly graph: CollectedGraph;
  /** Runs so far. */
  readonly runs: number;
}

function createProfiledSession(
  { runtime, device }: GraphRunner,
  model: Uint8Array,
  graph: CollectedGraph,
  { folder, name }: { folder: string; name: string },
): ProfiledSession {
  const profiling = { enableProfiling: true, profileFilePrefix: join(folder, name) };
  const create = (extra: object) =>
    createGuardedSession(runtime, device, { model, nodes: graph.nodes.length, options: { ...profiling, ...extra } });
  let session: RuntimeSession;
  try {
    session = create({ optimizedModelFilePath: join(folder, `${name}.onnx`) });
  } catch {
    session = create({}); // not every provider can save what it made of a graph
  }
  let runs = 0;
  let isReleased = false;
  return {
    name,
    graph,
    get runs() {
      return runs;
    },
    run(feeds, fetches) {
      runs++;
      return session.run(feeds, fetches);
    },
    release() {
      if (!isReleased) session.release();
      isReleased = true;
    },
  };
}

function otherBackend(): OnnxBackendError {
  return new OnnxBackendError({
    where: 'profile',
    requirement: 'the current tfjs backend must be one of this package',
    got: 'another one',
    remedy: "call tf.setBackend('onnx') first",
  });
}

function senseless(steps: number, warmUp: number): OnnxBackendError {
  return new OnnxBackendError({
    where: 'profile',
    requirement: 'steps must be a positive integer and warmUp one or 0',
    got: `${steps} and ${warmUp}`,
    remedy: 'leave them out for the defaults',
  });
}
