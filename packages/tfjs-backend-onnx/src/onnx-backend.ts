// The tfjs backend: kernels append to a trace, reads run it.

import {
  type BackendTimingInfo,
  type DataId,
  DataStorage,
  type DataType,
  engine,
  KernelBackend,
  util,
} from '@tensorflow/tfjs-core';

import { type CollectedGraph, collectGraph } from './graph/collect-graph';
import { allocate, type ElementArray, elementTypeOf, tensorDtypeOf } from './graph/element-type';
import { pendingNodeCount, resetPendingNodeCount } from './graph/emit';
import { encodeModel } from './graph/encode-model';
import { isUniform } from './graph/is-uniform';
import { scalar } from './graph/literals';
import { expand } from './graph/operators';
import { reshape } from './graph/reshape';
import { structuralKey } from './graph/structural-key';
import { dataValue, elementsOf, type Storage, sizeOf, type Value } from './graph/value';
import { leftBehind, notThereYet, readInsideStep, unsupportedDtype } from './read-errors';
import { type BufferPool, createBufferPool } from './runtime/buffer-pool';
import { createGuardedSession } from './runtime/guarded-session';
import { createInFlight, type InFlight } from './runtime/in-flight';
import type { OnnxRuntime, RuntimeSession, RuntimeTensor, RuntimeTensors } from './runtime/onnx-runtime';
import { createSessionCache, type SessionCache } from './runtime/session-cache';
import type { DeviceOptions } from './runtime/session-options';
import { unknownTensor, usedAfterDispose } from './use-errors';

/** tfjs's own BackendValues, which its root does not export. */
type BackendValues = Float32Array | Int32Array | Uint8Array | Uint8Array[];

/** What one tfjs data id stands for. */
export interface TensorData {
  refCount: number;
  /** Undefined for strings and complex numbers, which never enter a graph. */
  value: Value | undefined;
  /** Encoded strings, or real and imaginary parts in turn. */
  hostValues: Uint8Array[] | Float32Array | undefined;
}

export interface TensorInfoLike {
  dataId: DataId;
  shape: number[];
  dtype: DataType;
}

/** Compiling a graph costs more than its size: longer traces are cut here. */
const longestTrace = 10_000;

/** From here on a trace is cut between two training steps, so that the same steps make the same graph. */
const longTrace = 1_000;

const marker = Symbol.for('@semmae/tfjs-backend-onnx/backend');

/** A tfjs KernelBackend over one ONNX Runtime device. Owns its sessions. */
export class OnnxBackend extends KernelBackend {
  readonly [marker] = true;
  /** Compiled graphs of pending tensors; those of compiled steps belong to whoever is here when they are traced. */
  sessions: SessionCache;
  /** Buffers that compiled steps no longer need. */
  readonly buffers: BufferPool = createBufferPool();
  /** Set while `compile` traces a step: reads fail instead of flushing, and tensors written by the host are noted. */
  trace: { written: Set<Storage>; smallestUniform: number } | undefined;
  private readonly data: DataStorage<TensorData>;
  private readonly pending = new Set<Value>();
  private readonly inFlight: InFlight = createInFlight();
  private isDisposed = false;
  /** The outermost tidy in which tfjs last assigned a variable, if it did since the last flush. */
  private assignedIn: number | undefined;

  /** True for an OnnxBackend of any installed copy of this package. */
  static isInstance(backend: unknown): boolean {
    return backend instanceof Object && marker in backend;
  }

  constructor(
    readonly runtime: OnnxRuntime,
    readonly device: DeviceOptions,
    cacheSize: number,
  ) {
    super();
    this.data = new DataStorage(this, engine());
    this.sessions = createSessionCache(cacheSize);
  }

  // Kernels ---------------------------------------------------------------------------------------------------------

  /** The value of a tensor, in the tensor's shape. `where` names the kernel that asks, for messages. */
  valueFor(tensor: TensorInfoLike, where = 'OnnxBackend'): Value {
    this.assertUsable(tensor, where);
    const { value } = this.data.get(tensor.dataId);
    if (value === undefined) throw unsupportedDtype(tensor.dtype);
    return reshape(value, tensor.shape);
  }

  /** Throws where a tensor has nothing behind it any more, or never had in this copy of tfjs. */
  assertUsable(tensor: TensorInfoLike, where: string): void {
    if (this.isDisposed) throw usedAfterDispose(where);
    if (!this.data.has(tensor.dataId) && !engine().state.tensorInfo.has(tensor.dataId))
      throw unknownTensor(where, tensor);
  }

  /** The elements of a value that are known already, written by the host or computed; undefined where only a run will tell. */
  elementsAtHand(value: Value): ElementArray | undefined {
    const data = value.storage?.data;
    return data === undefined || this.inFlight.arrivalOf(data) !== undefined ? undefined : elementsOf(value);
  }

  /** A new tensor for a traced value. */
  tensorOf(value: Value): TensorInfoLike {
    const dataId = {};
    if (value.storage !== undefined) value.storage.shared = true; // handed through: another tensor holds it too
    this.data.set(dataId, { refCount: 1, value: this.hold(value), hostValues: undefined });
    if (this.trace === undefined && pendingNodeCount() > longestTrace) this.flush();
    return { dataId, shape: [...value.shape], dtype: tensorDtypeOf(value.type) };
  }

  dataOf(dataId: DataId): TensorData {
    return this.data.get(dataId);
  }

  /** Lets a tensor stand for another value from now on. */
  replaceValue(dataId: DataId, value: Value): void {
    const data = this.data.get(dataId);
    if (data.value !== undefined) this.letGo(data.value);
    data.value = this.hold(value);
  }

  // Storage ---------------------------------------------------------------------------------------------------------

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    const { value } = this.data.get(dataId);
    if (this.trace !== undefined && value !== undefined) {
      const { data } = value.storage!;
      this.trace.written.add(value.storage!);
      if (isUniform(data!, this.trace.smallestUniform))
        this.replaceValue(dataId, expand(scalar(value.type, Number(data![0])), shape));
    }
    return dataId;
  }

  /** Takes over a tensor, from the host or from another backend. */
  override move(dataId: DataId, values: BackendValues, shape: number[], dtype: DataType, refCount: number): void {
    if (dtype === 'string' || dtype === 'complex64') {
      this.data.set(dataId, { refCount, value: undefined, hostValues: values as Uint8Array[] | Float32Array });
      return;
    }
    const type = elementTypeOf('OnnxBackend.write', dtype);
    const data = allocate(type, sizeOf(shape));
    // A copy: the graph may run long after the caller has written the next batch into its array.
    if (values != null) (data as Float32Array).set(values as Float32Array);
    this.data.set(dataId, { refCount, value: this.hold(dataValue(type, shape, data)), hostValues: undefined });
  }

  override readSync(dataId: DataId): BackendValues {
    const { value, hostValues } = this.data.get(dataId);
    if (value === undefined) return hostValues!;
    const data = this.dataToRead(value);
    if (this.inFlight.arrivalOf(data) !== undefined) throw notThereYet(value);
    return data as Float32Array;
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    const { value, hostValues } = this.data.get(dataId);
    if (value === undefined) return hostValues!;
    const data = this.dataToRead(value);
    await this.inFlight.arrivalOf(data);
    return data as Float32Array;
  }

  /** The memory of a value, which a queued run may still have to fill. Nobody writes into it any more. */
  private dataToRead(value: Value): ElementArray {
    if (value.storage === undefined && this.trace !== undefined) throw readInsideStep(value);
    if (value.storage === undefined && this.isDisposed) throw usedAfterDispose('OnnxBackend');
    if (value.storage === undefined) this.flush();
    const { storage } = value;
    if (storage === undefined) throw leftBehind(value);
    if (storage.data === undefined) throw readInsideStep(value);
    storage.shared = true;
    return elementsOf(value);
  }

  override refCount(dataId: DataId): number {
    return this.data.has(dataId) ? this.data.get(dataId).refCount : 0;
  }

  /** tfjs calls this for variables that take over a tensor. */
  override incRef(dataId: DataId): void {
    this.share(dataId);
    this.assignedIn = outermostTidy();
  }

  /** One more tensor stands on the data id. */
  share(dataId: DataId): void {
    this.data.get(dataId).refCount++;
  }

  decRef(dataId: DataId): void {
    if (this.data.has(dataId)) this.data.get(dataId).refCount--;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const data = this.data.get(dataId);
    data.refCount--;
    if (!force && data.refCount > 0) return false;
    if (data.value !== undefined) this.letGo(data.value);
    this.data.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.data.numDataIds();
  }

  // Execution -------------------------------------------------------------------------------------------------------

  /** Computes every tensor that is alive and pending. */
  flush(): void {
    resetPendingNodeCount();
    this.assignedIn = undefined;
    if (this.pending.size === 0) return;
    const outputs = [...this.pending];
    this.run(outputs);
    this.pending.clear(); // only now: after an error, what does not depend on the failed op can still be read
  }

  /**
   * Computes what is pending where a training step has ended: variables were assigned, and the tidy they were assigned in is
   * over. Called before each kernel. `model.fit` reads nothing for many steps; cut anywhere, each piece would be a graph of its own.
   */
  flushBetweenSteps(): void {
    if (this.assignedIn === undefined || this.trace !== undefined || pendingNodeCount() < longTrace) return;
    if (this.assignedIn !== outermostTidy()) this.flush();
  }

  private run(outputs: readonly Value[]): void {
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

  /** Gives up what is pending: its inputs will never be there. */
  forgetPending(): void {
    this.pending.clear();
  }

  /** @param model The encoded `graph`. */
  createSession(model: Uint8Array, { nodes }: CollectedGraph): RuntimeSession {
    return createGuardedSession(this.runtime, this.device, { model, nodes: nodes.length });
  }

  /** Runs `run` with sessions that `createSession` makes, whatever is compiled already, and forgets them. */
  withOwnSessions<T>(createSession: OnnxBackend['createSession'], run: () => T): T {
    const outer = { sessions: this.sessions, createSession: this.createSession };
    Object.assign(this, { sessions: createSessionCache(Number.POSITIVE_INFINITY), createSession });
    try {
      return run();
    } finally {
      Object.assign(this, outer);
    }
  }

  override timerAvailable(): boolean {
    return true;
  }

  override async time(run: () => void): Promise<BackendTimingInfo> {
    this.flush();
    const start = util.now();
    run(); // before the first await: tfjs's profiler looks at its results at once
    this.flush();
    await this.inFlight.settled();
    return { kernelMs: util.now() - start };
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.isDisposed = true;
    this.pending.clear();
    this.sessions.clear();
  }

  private hold(value: Value): Value {
    value.holders++;
    if (value.storage === undefined) this.pending.add(value);
    return value;
  }

  private letGo(value: Value): void {
    value.holders--;
    if (value.holders === 0) this.pending.delete(value);
  }
}

function store(value: Value, data: ElementArray): void {
  value.storage = { type: value.type, data, literal: false, shared: false };
  value.node = undefined;
  value.reshaped = undefined;
}

/** -1 where there is none. */
function outermostTidy(): number {
  return engine().state.scopeStack[0]?.id ?? -1;
}
