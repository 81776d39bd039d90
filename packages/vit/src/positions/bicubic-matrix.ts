// Bicubic interpolation along one axis as a matrix, so that it is differentiable and runs on every backend.

/**
 * The matrix [outputs, inputs] that resamples a line by Keys' cubic kernel (A = −0.75), four inputs for each output and the
 * edges repeated: what PyTorch computes for `mode='bicubic', align_corners=False` without antialiasing.
 *
 * Output i lies at (i + 0.5) / scale − 0.5 among the inputs. `scale` is outputs / inputs, unless given.
 *
 * Reference: Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981, Eq. 3-4 with the free parameter A
 */
export function bicubicMatrix(inputs: number, outputs: number, scale = outputs / inputs): Float32Array {
  const matrix = new Float32Array(outputs * inputs);
  for (let output = 0; output < outputs; output++) {
    const position = (output + 0.5) / scale - 0.5;
    const first = Math.floor(position) - 1;
    for (let neighbor = first; neighbor < first + 4; neighbor++) {
      const input = Math.min(Math.max(neighbor, 0), inputs - 1);
      const cell = output * inputs + input;
      matrix[cell] = matrix[cell]! + cubicKernel(Math.abs(position - neighbor));
    }
  }
  return matrix;
}

const sharpness = -0.75;

function cubicKernel(distance: number): number {
  if (distance <= 1) return ((sharpness + 2) * distance - (sharpness + 3)) * distance * distance + 1;
  if (distance >= 2) return 0;
  return ((distance - 5) * distance + 8) * distance * sharpness - 4 * sharpness;
}
