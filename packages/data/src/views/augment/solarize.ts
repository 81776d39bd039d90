// Inverts what is bright, as an over-exposed film does.

/** Replaces values of `pixels` (0..255) from `threshold` on by 255 minus themselves, in place; 128 as in BYOL and DINO. */
export function solarize(pixels: Float32Array, threshold = 128): Float32Array {
  for (let index = 0; index < pixels.length; index++) {
    const value = pixels[index]!;
    if (value >= threshold) pixels[index] = 255 - value;
  }
  return pixels;
}
