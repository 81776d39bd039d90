// Nodes that ONNX Runtime's WebGPU provider takes on and then cannot run, or gets wrong (1.30): they go to the CPU.

import type { GraphNode, Value } from './value';

/** Names for such nodes, one name for each: sessions on WebGPU run the nodes of these names on the CPU. Further ones in a graph stay on WebGPU. */
export const hostNodeNames: readonly string[] = Array.from({ length: 256 }, (_, index) => `on-cpu-${index}`);

/**
 * Buffers that a shader may bind on any device: the default of maxStorageBuffersPerShaderStage in the WebGPU specification. Many
 * have more (an NVIDIA H200 has 16), but which one will run is not known when the graph is made.
 */
const fewestStorageBuffers = 8;

/** Whether `node` needs such a name. */
export function isWebGpuGap(node: GraphNode): boolean {
  switch (node.operator) {
    case 'MaxPool':
      return node.outputs.length > 1; // "The Indices output is not supported yet"
    case 'ConvTranspose':
      // "Only Conv2d or Conv1d are supported"; with several channels a group it mixes them up
      return spatialShape(node.inputs[0]!).length > 2 || hasWideGroups(node);
    case 'Conv':
      return isTakenForProduct(node);
    case 'Slice':
      return stepsBackFromInside(node);
    case 'Split':
      return 1 + node.outputs.length > fewestStorageBuffers; // "Too many storage buffers in shader. Current: 17, Max is 16"
    default:
      return false;
  }
}

/** The provider computes a filter as large as its input as one product, and then ignores the padding behind the input. */
function isTakenForProduct({ inputs, attributes }: GraphNode): boolean {
  const filter = spatialShape(inputs[1]!);
  return (
    spatialShape(inputs[0]!).every((size, axis) => size === filter[axis]) &&
    (attributes.pads as readonly number[]).some((pad) => pad > 0)
  );
}

function hasWideGroups({ inputs, attributes }: GraphNode): boolean {
  return attributes.group !== 1 && inputs[0]!.shape[1] !== attributes.group;
}

/** The provider always begins a backward slice at the last element. */
function stepsBackFromInside({ inputs }: GraphNode): boolean {
  const [x, begin, , axes, steps] = inputs;
  const starts = numbers(begin);
  const axisOf = numbers(axes);
  return numbers(steps).some((step, index) => step < 0 && starts[index] !== x!.shape[axisOf[index] ?? index]! - 1);
}

/** The elements of a constant; none of an omitted or computed input. */
function numbers(value: Value | undefined): number[] {
  return Array.from((value?.storage?.data ?? []) as BigInt64Array, Number);
}

/** [N, C, ...spatial] */
function spatialShape({ shape }: Value): readonly number[] {
  return shape.slice(2);
}
