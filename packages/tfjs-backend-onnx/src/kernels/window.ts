// The sliding window of convolutions and pools, read from tfjs's own shape computation.

import type { backend_util } from '@tensorflow/tfjs-core';

import type { AttributeValue } from '../graph/value';

/** One entry for each spatial axis. */
export interface Window {
  filter: readonly number[];
  strides: readonly number[];
  dilations: readonly number[];
  padBefore: readonly number[];
  padAfter: readonly number[];
  inputSize: readonly number[];
  outputSize: readonly number[];
}

export function windowOf2D(info: backend_util.Conv2DInfo): Window {
  return completed({
    filter: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    padBefore: [info.padInfo.top, info.padInfo.left],
    padAfter: [info.padInfo.bottom, info.padInfo.right],
    inputSize: [info.inHeight, info.inWidth],
    outputSize: [info.outHeight, info.outWidth],
  });
}

export function windowOf3D(info: backend_util.Conv3DInfo): Window {
  return completed({
    filter: [info.filterDepth, info.filterHeight, info.filterWidth],
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    padBefore: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
    padAfter: [info.padInfo.back, info.padInfo.bottom, info.padInfo.right],
    inputSize: [info.inDepth, info.inHeight, info.inWidth],
    outputSize: [info.outDepth, info.outHeight, info.outWidth],
  });
}

/** The ONNX attributes of a window. */
export function windowAttributes(window: Window): Record<string, AttributeValue> {
  return {
    kernel_shape: window.filter,
    strides: window.strides,
    dilations: window.dilations,
    pads: [...window.padBefore, ...window.padAfter],
  };
}

/** Extent of the filter with its holes. */
export function effectiveFilter({ filter, dilations }: Window): number[] {
  return filter.map((size, axis) => (size - 1) * dilations[axis]! + 1);
}

/**
 * Pads so that exactly `outputSize` windows fit. tfjs may round the size up where ONNX rounds down, and it computes both sizes
 * from the filter's height when the padding is a number.
 */
function completed(window: Window): Window {
  const extent = effectiveFilter(window);
  const padAfter = window.inputSize.map((size, axis) => {
    const reach = (window.outputSize[axis]! - 1) * window.strides[axis]! + extent[axis]!;
    return Math.max(0, reach - size - window.padBefore[axis]!);
  });
  return { ...window, padAfter };
}
