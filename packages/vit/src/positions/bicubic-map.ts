// Bicubic interpolation along one axis as a linear map, so that it is differentiable and runs on every backend.

import { type AxisMap, axisMap, type Tap } from '../tensor/axis-map';

/**
 * Resamples a line by Keys' cubic kernel (A = −0.75), four inputs for each output and the edges repeated: what PyTorch computes
 * for `mode='bicubic', align_corners=False` without antialiasing.
 *
 * Output i lies at (i + 0.5) / scale − 0.5 among the inputs. `scale` is outputs / inputs, unless given.
 *
 * Reference: Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981, Eq. 3-4 with the free parameter A
 */
export function bicubicMap(inputs: number, outputs: number, scale = outputs / inputs): AxisMap {
  return axisMap(inputs, outputs, (output) => {
    const position = (output + 0.5) / scale - 0.5;
    const first = Math.floor(position) - 1;
    return [0, 1, 2, 3].map((offset): Tap => {
      const input = Math.min(Math.max(first + offset, 0), inputs - 1);
      return [input, cubicKernel(Math.abs(position - first - offset), -0.75)];
    });
  });
}

/**
 * Resamples a line as PyTorch does for `mode='bicubic', antialias=True, align_corners=False`: to fewer outputs, the kernel is as much
 * wider as the outputs lie further apart, so that every input counts. The kernel has A = −0.5, it is cut off at the edges instead of
 * repeating them, and the weights of an output are divided by their sum.
 */
export function antialiasedBicubicMap(inputs: number, outputs: number): AxisMap {
  const spacing = inputs / outputs;
  const widening = Math.max(spacing, 1);
  return axisMap(inputs, outputs, (output) => {
    const center = (output + 0.5) * spacing;
    const first = Math.max(Math.trunc(center - 2 * widening + 0.5), 0);
    const end = Math.min(Math.trunc(center + 2 * widening + 0.5), inputs);
    const weights = Array.from({ length: end - first }, (_, offset) =>
      cubicKernel(Math.abs(first + offset + 0.5 - center) / widening, -0.5),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight, offset): Tap => [first + offset, weight / total]);
  });
}

/** Keys' kernel with the free parameter `sharpness`, A. */
function cubicKernel(distance: number, sharpness: number): number {
  if (distance <= 1) return ((sharpness + 2) * distance - (sharpness + 3)) * distance * distance + 1;
  if (distance >= 2) return 0;
  return ((distance - 5) * distance + 8) * distance * sharpness - 4 * sharpness;
}
