// Compiles graphs for one device and runs them.

import { type CollectedGraph, collectGraph } from './graph/collect-graph';
import { allocate, type ElementArray } from './graph/element-type';
import { encodeModel } from './graph/encode-model';
import { structuralKey } from './graph/structural-key';
import { elementsOf, sizeOf, type Value } from './graph/value';
import { createGuardedSession } from './runtime/guarded-session';
import { createInFlight, type InFlight } from './runtime/in-flight';
import type { OnnxRuntime, RuntimeSession, RuntimeTensor, RuntimeTensors } from './runtime/onnx-runtime';
import { createSessionCache, type SessionCache } from './runtime/session-cache';
import type { DeviceOptions } from './runtime/session-options';

/** Compiles the encoded `graph`. */
export type CreateSession = (model: Uint8Array, graph: CollectedGraph) => RuntimeSession;

/** Owns the sessions of the graphs that it has run. */
export class GraphRunner {
  /** Compiled graphs of pending tensors; those of compiled steps belong to whoever is here when they are traced. */
  sessions: SessionCache;
  createSession: CreateSession;
  readonly inFlight: InFlight = createInFlight();

  constructor(
    readonly runtime: OnnxRuntime,
    readonly device: DeviceOptions,
    cacheSize: number,
  ) {
    this.sessions = createSessionCache(cacheSize);
    this.createSession = (model, { nodes }) => createGuardedSession(runtime, device, { model, nodes: nodes.length });
  }

  /** Computes pending values, each into memory of its own. */
  compute(outputs: readonly Value[]): void {
    const graph = collectGraph(outputs);
    const session = this.sessions.get(structuralKey(graph), () => this.createSession(encodeModel(graph), graph));
    const feeds: Record<string, RuntimeTensor> = {};
    graph.feeds.forEach((value, index) => {
      feeds[`i${index}`] = this.runtime.tensor(value.type, elementsOf(value), value.shape);
    });
    const results = outputs.map((value) => allocate(value.type, sizeOf(value.shape)));
    const fetches: Record<string, RuntimeTensor> = {};
    outputs.forEach((value, index) => {
      fetches[graph.names.get(value)!] = this.runtime.tensor(value.type, results[index]!, value.shape);
    });
    this.execute(session, feeds, fetches);
    outputs.forEach((value, index) => {
      store(value, results[index]!);
    });
  }

  /** Runs a session, or, where that cannot block, queues it: reads of what it writes wait for it. */
  execute(session: RuntimeSession, feeds: RuntimeTensors, fetches: RuntimeTensors): void {
    const run = session.run(feeds, fetches);
    if (run !== undefined) this.inFlight.add(run, feeds, fetches);
  }

  /** Runs `run` with sessions that `createSession` makes, whatever is compiled already, and forgets them. */
  withOwnSessions<T>(createSession: CreateSession, run: () => T): T {
    const { sessions, createSession: usual } = this;
    this.sessions = createSessionCache(Number.POSITIVE_INFINITY);
    this.createSession = createSession;
    try {
      return run();
    } finally {
      this.sessions = sessions;
      this.createSession = usual;
    }
  }
}

function store(value: Value, data: ElementArray): void {
  value.storage = { type: value.type, data, literal: false, shared: false };
  value.node = undefined;
  value.reshaped = undefined;
}
