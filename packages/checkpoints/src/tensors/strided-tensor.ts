// Tensors as PyTorch and NumPy keep them: a view into stored values, with a stride for each axis.

import { SemmaeError } from '@semmae/core';

import { allocateBytes } from '../sources/allocate-bytes';
import type { ByteSource } from '../sources/byte-source';
import { decodeValues } from './decode-values';
import type { TensorEntry } from './tensor-file';
import { type TensorValues, tensorTypes } from './tensor-types';

/** Bytes that tensors may share. */
export interface StoredBytes extends Pick<ByteSource, 'size' | 'bytes'> {
  bigEndian: boolean;
}

export interface StridedTensor extends TensorEntry {
  readonly storage: StoredBytes;
  /** Where the first value is, in values from the beginning of the storage. */
  readonly offset: number;
  /** Values from one to the next along each axis. 0 repeats. */
  readonly strides: readonly number[];
}

/** As NumPy bounds it; the deepest tensor of a ViT has 5 axes. */
export const mostAxes = 64;

/** No deflate stream gives more than 1032 bytes for one, so no honest file does; strides of 0 are held to the same. */
export const mostExpansion = 1032;

/** What is read at once of values that do not stand together. */
const blockBytes = 16 * 2 ** 20;

/**
 * Throws a SemmaeError unless all values lie in the storage and are at most 1032 times as many bytes as the whole file, which is
 * what bounds the memory that a hostile file can take.
 */
export function assertStrided(where: string, name: string, tensor: StridedTensor, fileBytes: number): void {
  const { dtype, shape, strides, offset, storage } = tensor;
  const { bytes } = tensorTypes[dtype];
  const sizes = [...shape, ...strides, offset];
  const values = shape.reduce((product, size) => product * size, 1);
  const inside = (offset + (values === 0 ? 0 : reachOf(shape, strides) + 1)) * bytes <= storage.size;
  const sound = shape.length === strides.length && shape.length <= mostAxes && sizes.every(isSize) && inside;
  if (!sound || !Number.isSafeInteger(values)) {
    const got = `${dtype} of shape [${shape}], strides [${strides}] and offset ${offset} in ${storage.size} bytes`;
    throw new SemmaeError({ where, requirement: `${name} must lie within its stored values`, got });
  }
  if (values * bytes <= mostExpansion * fileBytes) return;
  const got = `shape [${shape}] in a file of ${fileBytes} bytes`;
  throw new SemmaeError({ where, requirement: `${name} must be at most ${mostExpansion} times its file`, got });
}

/** All values in row-major order. Takes their memory and 16 MB, half as much again for types that are widened. */
export async function readStrided(where: string, tensor: StridedTensor): Promise<TensorValues> {
  const { dtype, shape, strides, offset, storage } = tensor;
  const { bytes } = tensorTypes[dtype];
  const steps = rowMajor(shape);
  const count = shape.reduce((product, size) => product * size, 1);
  const contiguous = count === 0 || shape.every((size, axis) => size === 1 || strides[axis] === steps[axis]);
  const buffer = contiguous
    ? await storage.bytes(offset * bytes, count * bytes)
    : await gathered(where, tensor, steps, count);
  return decodeValues(where, dtype, buffer, storage);
}

/** Strides of values that stand in row-major order. */
export function rowMajor(shape: readonly number[]): number[] {
  let step = 1;
  return shape
    .map((_, index) => {
      const axis = shape.length - 1 - index;
      const stride = step;
      step *= shape[axis]!;
      return stride;
    })
    .reverse();
}

/** Values as patterns of their width, which are moved and not looked at. */
type Numbers = Uint8Array | Uint16Array | Uint32Array;

interface Axis {
  size: number;
  /** In the storage. */
  stride: number;
  /** In the result. */
  step: number;
}

async function gathered(
  where: string,
  { dtype, shape, strides, offset, storage }: StridedTensor,
  steps: readonly number[],
  count: number,
): Promise<ArrayBuffer> {
  const { bytes } = tensorTypes[dtype];
  const View = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array }[bytes];
  const buffer = allocateBytes(where, count * bytes);
  const into = new View(buffer) as unknown as Numbers;
  const blockValues = blockBytes / bytes;

  /** Takes what the axes reach from `from` on to `to`, in blocks along the axis that reaches furthest. */
  async function fill(axes: readonly Axis[], from: number, to: number): Promise<void> {
    const reach = axes.reduce((sum, { size, stride }) => sum + (size - 1) * stride, 0);
    const [furthest] = axes.toSorted((a, b) => (b.size - 1) * b.stride - (a.size - 1) * a.stride);
    if (reach < blockValues || furthest === undefined) {
      copy(new View(await storage.bytes(from * bytes, (reach + 1) * bytes)) as unknown as Numbers, axes, 0, to);
      return;
    }
    const { size, stride, step } = furthest;
    const reachOfOne = reach - (size - 1) * stride;
    const atOnce = Math.max(1, Math.floor((blockValues - reachOfOne) / stride));
    for (let done = 0; done < size; done += atOnce) {
      const part = axes.map((axis) => (axis === furthest ? { ...axis, size: Math.min(atOnce, size - done) } : axis));
      await fill(part, from + done * stride, to + done * step);
    }
  }

  function copy(block: Numbers, axes: readonly Axis[], from: number, to: number): void {
    const [axis, ...inner] = axes;
    if (axis === undefined) into[to] = block[from]!;
    else if (inner.length === 0) {
      for (let index = 0; index < axis.size; index++) into[to + index * axis.step] = block[from + index * axis.stride]!;
    } else {
      for (let index = 0; index < axis.size; index++)
        copy(block, inner, from + index * axis.stride, to + index * axis.step);
    }
  }

  const axes = shape.map((size, axis) => ({ size, stride: strides[axis]!, step: steps[axis]! }));
  await fill(
    axes.filter(({ size }) => size > 1),
    offset,
    0,
  );
  return buffer;
}

/** Values from the first to the last. */
function reachOf(shape: readonly number[], strides: readonly number[]): number {
  return shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, 0);
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
