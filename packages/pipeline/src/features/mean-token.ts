// The mean patch token, which can stand in for a class token that was never trained to sum up the image.

/** [N * C] -> [C] */
export function meanToken(patchTokens: Float32Array, channels: number): Float32Array {
  const patchCount = patchTokens.length / channels;
  const mean = new Float64Array(channels);
  patchTokens.forEach((value, index) => {
    mean[index % channels]! += value / patchCount;
  });
  return Float32Array.from(mean);
}
