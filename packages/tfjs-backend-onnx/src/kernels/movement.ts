// Kernels that rearrange elements.

import { backend_util, slice_util, util } from '@tensorflow/tfjs-core';

import { emit } from '../graph/emit';
import { int64s } from '../graph/literals';
import { add, cast, concat, gather, pad, slice, split, transpose } from '../graph/operators';
import { reshape, sameShape } from '../graph/reshape';
import { dataValue, sizeOf, type Value } from '../graph/value';
import { toChannelsFirst, toChannelsLast } from './channels';
import { defineKernel, type KernelDefinition } from './define-kernel';
import { shapeHolder } from './shape-holder';

export const movementKernels: KernelDefinition[] = [
  defineKernel<{ perm: number[] }>('Transpose', ({ inputs, attrs }) => transpose(inputs.x!, attrs.perm)),
  defineKernel<{ axis: number }>('Concat', ({ inputs, attrs }) => {
    const values = Object.values(inputs);
    const [axis] = util.parseAxisParam(attrs.axis, [...values[0]!.shape]);
    backend_util.assertParamsConsistent(
      values.map(({ shape }) => [...shape]),
      axis!,
    );
    return concat(values, axis!);
  }),
  defineKernel<{ axis: number }>('Pack', ({ inputs, attrs }) => {
    const values = Object.values(inputs);
    const axis = attrs.axis < 0 ? attrs.axis + values[0]!.shape.length + 1 : attrs.axis;
    for (const { shape, type } of values) {
      util.assertShapesMatch(
        [...values[0]!.shape],
        [...shape],
        'All tensors passed to stack must have matching shapes',
      );
      util.assert(type === values[0]!.type, () => 'All tensors passed to stack must have matching dtypes');
    }
    return concat(
      values.map((value) => reshape(value, value.shape.toSpliced(axis, 0, 1))),
      axis,
    );
  }),
  defineKernel<{ axis: number }>('Unpack', ({ inputs, attrs }) => {
    const value = inputs.value!;
    const axis = attrs.axis < 0 ? attrs.axis + value.shape.length : attrs.axis;
    const shape = value.shape.toSpliced(axis, 1);
    return split(value, new Array<number>(value.shape[axis]!).fill(1), axis).map((part) => reshape(part, shape));
  }),
  defineKernel<{ numOrSizeSplits: number | number[]; axis: number }>('SplitV', ({ inputs, attrs }) => {
    const x = inputs.x!;
    const [axis] = util.parseAxisParam(attrs.axis, [...x.shape]);
    return split(x, backend_util.prepareSplitSize(shapeHolder(x), attrs.numOrSizeSplits, axis), axis!);
  }),
  defineKernel<{ begin: number | number[]; size: number | number[] }>('Slice', ({ inputs, attrs, backend }) => {
    const x = inputs.x!;
    const [begin, size] = slice_util.parseSliceParams(shapeHolder(x), attrs.begin, attrs.size) as [number[], number[]];
    slice_util.assertParamsValid(shapeHolder(x), begin, size);
    return backend.trace === undefined && x.storage !== undefined ? batchOf(x, begin, size) : slice(x, { begin, size });
  }),
  defineKernel<StridedSliceAttributes>('StridedSlice', ({ inputs, attrs }) => stridedSlice(inputs.x!, attrs)),
  defineKernel<{ dims: number | number[] }>('Reverse', ({ inputs, attrs }) => reverse(inputs.x!, attrs.dims)),
  defineKernel('FlipLeftRight', ({ inputs }) => reverse(inputs.image!, 2)),
  defineKernel('Diag', ({ inputs }) => diagonal(inputs.x!)),
  defineKernel<{ paddings: number[][]; constantValue: number }>('PadV2', ({ inputs, attrs }) =>
    pad(inputs.x!, attrs.paddings, attrs.constantValue),
  ),
  defineKernel<{ paddings: number[][]; mode: 'reflect' | 'symmetric' }>('MirrorPad', ({ inputs, attrs }) =>
    attrs.paddings.reduce((x, padding, axis) => mirror(x, axis, padding, attrs.mode), inputs.x!),
  ),
  defineKernel<{ reps: number[] }>('Tile', ({ inputs, attrs }) => {
    const x = inputs.x!;
    const shape = x.shape.map((size, axis) => size * attrs.reps[axis]!);
    return emit('Tile', [x, int64s(attrs.reps)], { type: x.type, shape });
  }),
  defineKernel<{ blockSize: number; dataFormat: 'NHWC' | 'NCHW' }>('DepthToSpace', ({ inputs, attrs }) =>
    depthToSpace(inputs.x!, attrs.blockSize, attrs.dataFormat),
  ),
  defineKernel<{ blockShape: number[]; crops: number[][] }>('BatchToSpaceND', ({ inputs, attrs }) =>
    batchToSpace(inputs.x!, attrs),
  ),
  defineKernel<{ blockShape: number[]; paddings: number[][] }>('SpaceToBatchND', ({ inputs, attrs }) =>
    spaceToBatch(inputs.x!, attrs),
  ),
];

interface StridedSliceAttributes {
  begin: number[];
  end: number[];
  strides: number[];
  beginMask: number;
  endMask: number;
  ellipsisMask: number;
  newAxisMask: number;
  shrinkAxisMask: number;
}

/** A slice of a tensor in memory, often a batch of a data set. Its place is an input of the graph, so that one graph serves all batches. */
function batchOf(x: Value, begin: readonly number[], size: readonly number[]): Value {
  if (sameShape(size, x.shape)) return x;
  const from = dataValue('int64', [begin.length], BigInt64Array.from(begin, BigInt));
  const to = add(from, int64s(size)); // the size is a constant, since shapes are part of the graph
  return emit('Slice', [x, from, to], { type: x.type, shape: size });
}

function stridedSlice(x: Value, attrs: StridedSliceAttributes): Value {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attrs;
  const info = slice_util.sliceInfo(
    [...x.shape],
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
  if (info.isIdentity) return reshape(x, info.finalShape);
  const size = slice_util.computeOutShape(info.begin, info.end, info.strides).map((length) => length + 0); // no -0
  return reshape(
    slice(x, { begin: info.begin, size, strides: info.strides }),
    info.finalShape.map((length) => length + 0),
  );
}

function reverse(x: Value, dims: number | number[]): Value {
  const axes = util.parseAxisParam(dims, [...x.shape]);
  return slice(x, {
    begin: x.shape.map((size, axis) => (axes.includes(axis) ? size - 1 : 0)),
    size: x.shape,
    strides: x.shape.map((_, axis) => (axes.includes(axis) ? -1 : 1)),
  });
}

/** `x` [...s] on the diagonal of zeros [...s, ...s]: n rows of one element and n zeros, read in rows of n. */
function diagonal(x: Value): Value {
  const size = sizeOf(x.shape);
  const rows = pad(reshape(x.type === 'bool' ? cast(x, 'int32') : x, [size, 1]), [
    [0, 0],
    [0, size],
  ]);
  const square = slice(reshape(rows, [size * (size + 1)]), { begin: [0], size: [size * size] });
  return reshape(cast(square, x.type), [...x.shape, ...x.shape]);
}

/** Pads one axis with its own mirror image; 'symmetric' repeats the border element, 'reflect' does not. */
function mirror(x: Value, axis: number, [before = 0, after = 0]: number[], mode: 'reflect' | 'symmetric'): Value {
  if (before === 0 && after === 0) return x;
  const size = x.shape[axis]!;
  const border = mode === 'symmetric' ? 1 : 0;
  const indices = Array.from({ length: before + size + after }, (_, position) => {
    const index = position - before;
    if (index < 0) return -index - border;
    return index < size ? index : 2 * (size - 1) - index + border;
  });
  return gather(x, int64s(indices), axis);
}

/** Channels become blocks of pixels: [N, H, W, s·s·C] → [N, s·H, s·W, C]. */
function depthToSpace(x: Value, size: number, dataFormat: 'NHWC' | 'NCHW'): Value {
  const last = dataFormat === 'NHWC' ? x : toChannelsLast(x);
  const [batch, height, width, depth] = last.shape as [number, number, number, number];
  const channels = depth / (size * size);
  const blocks = transpose(reshape(last, [batch, height, width, size, size, channels]), [0, 1, 3, 2, 4, 5]);
  const result = reshape(blocks, [batch, height * size, width * size, channels]);
  return dataFormat === 'NHWC' ? result : toChannelsFirst(result);
}

function batchToSpace(x: Value, { blockShape, crops }: { blockShape: number[]; crops: number[][] }): Value {
  const product = util.sizeFromShape(blockShape);
  const reshaped = backend_util.getReshaped([...x.shape], blockShape, product);
  const permuted = backend_util.getPermuted(reshaped.length, blockShape.length);
  const uncropped = backend_util.getReshapedPermuted([...x.shape], blockShape, product);
  const spread = reshape(transpose(reshape(x, reshaped), permuted), uncropped);
  const begin = backend_util.getSliceBeginCoords(crops, blockShape.length);
  const size = backend_util.getSliceSize(uncropped, crops, blockShape.length);
  const untouched = uncropped.slice(size.length);
  return slice(spread, { begin: [...begin, ...untouched.map(() => 0)], size: [...size, ...untouched] });
}

function spaceToBatch(x: Value, { blockShape, paddings }: { blockShape: number[]; paddings: number[][] }): Value {
  const product = util.sizeFromShape(blockShape);
  const untouched = new Array<number[]>(x.shape.length - 1 - blockShape.length).fill([0, 0]);
  const padded = pad(x, [[0, 0], ...paddings, ...untouched]);
  const reshaped = backend_util.getReshaped([...padded.shape], blockShape, product, false);
  const permuted = backend_util.getPermuted(reshaped.length, blockShape.length, false);
  const flattened = backend_util.getReshapedPermuted([...padded.shape], blockShape, product, false);
  return reshape(transpose(reshape(padded, reshaped), permuted), flattened);
}
