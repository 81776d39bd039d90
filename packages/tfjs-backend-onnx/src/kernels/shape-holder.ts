// tfjs's own shape functions ask for a tensor and read only its shape.

import type { backend_util } from '@tensorflow/tfjs-core';

import type { Value } from '../graph/value';

export type ShapeHolder = Parameters<typeof backend_util.prepareSplitSize>[0];

export function shapeHolder({ shape, type }: Value): ShapeHolder {
  return { shape: [...shape], rank: shape.length, size: shape.reduce((a, b) => a * b, 1), dtype: type } as ShapeHolder;
}
