// The tfjs backend: kernels append to a trace, reads run it.

import { type BackendTimingInfo, type DataId, type DataType, engine, KernelBackend, util } from '@tensorflow/tfjs-core';

import { allocate, type ElementArray, elementTypeOf, tensorDtypeOf } from './graph/element-type';
import { createRecorder, type Recorder, record } from './graph/emit';
import { scalar } from './graph/literals';
import { expand } from './graph/operators';
import { reshape, sameShape } from './graph/reshape';
import { dataValue, elementsOf, type Storage, sizeOf, type Value } from './graph/value';
import { GraphRunner } from './graph-runner';
import { leftBehind, notThereYet, readInsideStep, unsupportedDtype } from './read-errors';
import { type BufferPool, createBufferPool } from './runtime/buffer-pool';
import type { OnnxRuntime } from './runtime/onnx-runtime';
import type { DeviceOptions } from './runtime/session-options';
import { createTensorStore, type TensorStore } from './tensor-store';
import { unknownTensor, usedAfterDispose } from './use-errors';

/** tfjs's own BackendValues, which its root does not export. */
type BackendValues = Float32Array | Int32Array | Uint8Array | Uint8Array[];

export interface TensorInfoLike {
  dataId: DataId;
  shape: number[];
  dtype: DataType;
}

/** Longer traces are cut here, since compile time grows faster than the graph. */
const longestTrace = 10_000;

/** From here on a trace is cut between two training steps, so that the same steps make the same graph. */
const longTrace = 1_000;

const marker = Symbol.for('@semmae/tfjs-backend-onnx/backend');

/** While `compile` traces a step, reads fail instead of flushing. */
export interface StepTracing {
  /** Tensors that the host wrote during the step. */
  readonly written: Set<Storage>;
  /** A written tensor of one value becomes a broadcast from so many elements on; tfjs's gradients are full of such tensors. */
  readonly smallestUniform: number;
}

/** A tfjs KernelBackend over one ONNX Runtime device. */
export class OnnxBackend extends KernelBackend {
  readonly [marker] = true;
  readonly runner: GraphRunner;
  readonly recorder: Recorder = createRecorder();
  readonly store: TensorStore = createTensorStore(this);
  /** Buffers that compiled steps no longer need. */
  readonly buffers: BufferPool = createBufferPool();
  trace: StepTracing | undefined;
  private isDisposed = false;
  /** The outermost tidy in which tfjs last assigned a variable, if it did since the last flush. */
  private assignedIn: number | undefined;

  /** True for an OnnxBackend of any installed copy of this package. */
  static isInstance(backend: unknown): boolean {
    return backend instanceof Object && marker in backend;
  }

  constructor(runtime: OnnxRuntime, device: DeviceOptions, cacheSize: number) {
    super();
    this.runner = new GraphRunner(runtime, device, cacheSize);
  }

  // Kernels ---------------------------------------------------------------------------------------------------------

  /** The value of a tensor, in the tensor's shape. `where` names the kernel that asks, for messages. */
  valueFor(tensor: TensorInfoLike, where = 'OnnxBackend'): Value {
    this.assertUsable(tensor, where);
    const { value } = this.store.get(tensor.dataId);
    if (value === undefined) throw unsupportedDtype(tensor.dtype);
    if (sameShape(value.shape, tensor.shape)) return value;
    return record(this.recorder, 'Reshape', () => reshape(value, tensor.shape));
  }

  /** Throws for a tensor that is disposed or that this copy of tfjs does not know. */
  assertUsable(tensor: TensorInfoLike, where: string): void {
    if (this.isDisposed) throw usedAfterDispose(where);
    if (!this.store.has(tensor.dataId) && !engine().state.tensorInfo.has(tensor.dataId))
      throw unknownTensor(where, tensor);
  }

  /** The elements of a value that are known already, written by the host or computed; undefined where only a run will tell. */
  elementsAtHand(value: Value): ElementArray | undefined {
    const data = value.storage?.data;
    return data === undefined || this.runner.inFlight.arrivalOf(data) !== undefined ? undefined : elementsOf(value);
  }

  /** A new tensor for a traced value. */
  tensorOf(value: Value): TensorInfoLike {
    const dataId = {};
    if (value.storage !== undefined) value.storage.shared = true; // handed through: another tensor holds it too
    this.store.add(dataId, { refCount: 1, value, hostValues: undefined });
    if (this.trace === undefined && this.recorder.pendingNodes > longestTrace) this.flush();
    return { dataId, shape: [...value.shape], dtype: tensorDtypeOf(value.type) };
  }

  // Storage ---------------------------------------------------------------------------------------------------------

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    const { value } = this.store.get(dataId);
    if (this.trace !== undefined && value !== undefined) {
      const { written, smallestUniform } = this.trace;
      written.add(value.storage!);
      const elements = value.storage!.data as Float32Array;
      if (elements.length >= smallestUniform && elements.every((element) => element === elements[0])) {
        const uniform = () => expand(scalar(value.type, Number(elements[0])), shape);
        this.store.replaceValue(dataId, record(this.recorder, 'Fill', uniform));
      }
    }
    return dataId;
  }

  /** Takes over a tensor, from the host or from another backend. */
  override move(dataId: DataId, values: BackendValues, shape: number[], dtype: DataType, refCount: number): void {
    if (dtype === 'string' || dtype === 'complex64') {
      this.store.add(dataId, { refCount, value: undefined, hostValues: values as Uint8Array[] | Float32Array });
      return;
    }
    const type = elementTypeOf('OnnxBackend.write', dtype);
    const data = allocate(type, sizeOf(shape));
    // A copy: the graph may run long after the caller has written the next batch into its array.
    if (values != null) (data as Float32Array).set(values as Float32Array);
    this.store.add(dataId, { refCount, value: dataValue(type, shape, data), hostValues: undefined });
  }

  override readSync(dataId: DataId): BackendValues {
    const { value, hostValues } = this.store.get(dataId);
    if (value === undefined) return hostValues!;
    const data = this.dataToRead(value);
    if (this.runner.inFlight.arrivalOf(data) !== undefined) throw notThereYet(value);
    return data as Float32Array;
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    const { value, hostValues } = this.store.get(dataId);
    if (value === undefined) return hostValues!;
    const data = this.dataToRead(value);
    await this.runner.inFlight.arrivalOf(data);
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
    return this.store.has(dataId) ? this.store.get(dataId).refCount : 0;
  }

  /** tfjs calls this for variables that take over a tensor. */
  override incRef(dataId: DataId): void {
    this.share(dataId);
    this.assignedIn = outermostTidy();
  }

  /** One more tensor stands on the data id. */
  share(dataId: DataId): void {
    this.store.get(dataId).refCount++;
  }

  decRef(dataId: DataId): void {
    if (this.store.has(dataId)) this.store.get(dataId).refCount--;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    return this.store.release(dataId, force);
  }

  override numDataIds(): number {
    return this.store.size;
  }

  // Execution -------------------------------------------------------------------------------------------------------

  /** Computes every tensor that is alive and pending. */
  flush(): void {
    const { pending } = this.store;
    this.recorder.pendingNodes = 0;
    this.assignedIn = undefined;
    if (pending.size === 0) return;
    this.runner.compute([...pending]);
    pending.clear(); // only now: after an error, what does not depend on the failed op can still be read
  }

  /**
   * Computes what is pending where a training step has ended: variables were assigned, and the tidy they were assigned in is
   * over. Called before each kernel. `model.fit` reads nothing for many steps; cut anywhere, each piece would be a graph of its own.
   */
  flushBetweenSteps(): void {
    if (this.assignedIn === undefined || this.trace !== undefined || this.recorder.pendingNodes < longTrace) return;
    if (this.assignedIn !== outermostTidy()) this.flush();
  }

  override timerAvailable(): boolean {
    return true;
  }

  override async time(run: () => void): Promise<BackendTimingInfo> {
    this.flush();
    const start = util.now();
    run(); // before the first await: tfjs's profiler looks at its results at once
    this.flush();
    await this.runner.inFlight.settled();
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
    this.store.pending.clear();
    this.runner.sessions.clear();
  }
}

/** -1 where there is none. */
function outermostTidy(): number {
  return engine().state.scopeStack[0]?.id ?? -1;
}
