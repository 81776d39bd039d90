// Gaussian blur of a map whose opposite edges meet, one axis after the other.

/**
 * G_σ * `map` ([rows * columns], row-major), as a new array. The kernel ends at 4σ and sums to 1. The map is taken as
 * periodic, so that the blur has no edges: every place of the result has the same law.
 */
export function periodicBlur(map: Float32Array, rows: number, columns: number, sigma: number): Float32Array {
  const kernel = gaussianKernel(sigma);
  const along = new Float32Array(map.length);
  const blurred = new Float32Array(map.length);
  for (let row = 0; row < rows; row++)
    blurLine(map, along, { first: row * columns, stride: 1, length: columns }, kernel);
  for (let column = 0; column < columns; column++)
    blurLine(along, blurred, { first: column, stride: columns, length: rows }, kernel);
  return blurred;
}

/** How far a blur of `sigma` reaches to each side, in patches. */
export function blurRadius(sigma: number): number {
  return Math.ceil(4 * sigma);
}

/** [2 * radius + 1] weights that sum to 1. */
function gaussianKernel(sigma: number): Float64Array {
  const radius = blurRadius(sigma);
  const kernel = new Float64Array(2 * radius + 1);
  let sum = 0;
  for (let tap = 0; tap < kernel.length; tap++) {
    kernel[tap] = Math.exp(-0.5 * ((tap - radius) / sigma) ** 2);
    sum += kernel[tap]!;
  }
  for (let tap = 0; tap < kernel.length; tap++) kernel[tap]! /= sum;
  return kernel;
}

/** One row or column: unrolled past both ends into a line, then a plain sum of products at each place. */
function blurLine(
  from: Float32Array,
  to: Float32Array,
  { first, stride, length }: { first: number; stride: number; length: number },
  kernel: Float64Array,
): void {
  const radius = (kernel.length - 1) / 2;
  const line = new Float64Array(length + 2 * radius);
  const start = length - (radius % length);
  for (let place = 0; place < line.length; place++) line[place] = from[first + ((start + place) % length) * stride]!;
  for (let place = 0; place < length; place++) {
    let sum = 0;
    for (let tap = 0; tap < kernel.length; tap++) sum += kernel[tap]! * line[place + tap]!;
    to[first + place * stride] = sum;
  }
}
