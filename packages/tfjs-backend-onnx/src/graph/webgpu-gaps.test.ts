import { describe, expect, it } from 'vitest';

import { createRecorder, emitMany, record } from './emit';
import { slice } from './operators';
import { dataValue, type GraphNode } from './value';
import { isWebGpuGap } from './webgpu-gaps';

const recorder = createRecorder();
const zeros = (...shape: number[]) => dataValue('float32', shape, new Float32Array(shape.reduce((a, b) => a * b)));

/** A node with inputs of `shapes`, such as '1x3x5x7 3x2x2x2'. */
function node(operator: string, shapes: string, attributes: GraphNode['attributes'], outputs = 1): GraphNode {
  const specs = Array.from({ length: outputs }, () => ({ type: 'float32', shape: [1] }) as const);
  const inputs = shapes.split(' ').map((shape) => zeros(...shape.split('x').map(Number)));
  return record(recorder, operator, () => emitMany(operator, inputs, specs, { attributes }))[0]!.node!;
}

function sliceOf(...[x, options]: Parameters<typeof slice>): GraphNode {
  return record(recorder, 'Slice', () => slice(x, options)).node!;
}

describe('isWebGpuGap', () => {
  it('leaves to the CPU what the provider refuses', () => {
    expect(isWebGpuGap(node('MaxPool', '1x3x5x7', {}, 2))).toBe(true);
    expect(isWebGpuGap(node('MaxPool', '1x3x5x7', {}))).toBe(false);
    expect(isWebGpuGap(node('ConvTranspose', '1x3x5x7x2 3x2x1x1x1', { group: 1 }))).toBe(true);
    expect(isWebGpuGap(node('ConvTranspose', '1x3x5x7 3x2x2x2', { group: 1 }))).toBe(false);
    expect(isWebGpuGap(node('Split', '11', { axis: 0 }, 7))).toBe(false); // with the input 8 buffers
    expect(isWebGpuGap(node('Split', '11', { axis: 0 }, 8))).toBe(true);
  });

  it('leaves to the CPU what the provider gets wrong', () => {
    expect(isWebGpuGap(node('Conv', '1x3x2x2 5x3x2x2', { pads: [0, 0, 1, 1] }))).toBe(true);
    expect(isWebGpuGap(node('Conv', '1x3x2x2 5x3x2x2', { pads: [0, 0, 0, 0] }))).toBe(false);
    expect(isWebGpuGap(node('Conv', '1x3x5x2 5x3x2x2', { pads: [0, 0, 1, 1] }))).toBe(false);
    expect(isWebGpuGap(node('ConvTranspose', '1x6x5x7 6x1x2x2', { group: 3 }))).toBe(true);
    expect(isWebGpuGap(node('ConvTranspose', '1x3x5x7 3x1x2x2', { group: 3 }))).toBe(false);
    expect(isWebGpuGap(sliceOf(zeros(5, 7), { begin: [4, 5], size: [5, 2], strides: [-1, -2] }))).toBe(true);
    expect(isWebGpuGap(sliceOf(zeros(5, 7), { begin: [4, 6], size: [5, 2], strides: [-1, -2] }))).toBe(false);
    expect(isWebGpuGap(sliceOf(zeros(5, 7), { begin: [1, 0], size: [2, 7] }))).toBe(false);
  });
});
