// Pixel normalization with ImageNet's statistics, the form in which encoders see images.

/** Mean of red, green and blue over ImageNet, pixels in [0, 1]; the constants of every public MAE, iBOT and DINO model. */
export const imageNetMean = [0.485, 0.456, 0.406] as const;

/** Standard deviation of red, green and blue over ImageNet, pixels in [0, 1]. */
export const imageNetStandardDeviation = [0.229, 0.224, 0.225] as const;

/** RGB in 0..255, [..., 3], to zero mean and unit variance, [..., 3]. Writes into `into` when given. */
export function normalizePixels(
  pixels: ArrayLike<number>,
  into: Float32Array = new Float32Array(pixels.length),
): Float32Array {
  const [redScale, greenScale, blueScale] = imageNetStandardDeviation.map((deviation) => 1 / (255 * deviation));
  const [redMean, greenMean, blueMean] = imageNetMean.map((mean) => 255 * mean);
  for (let red = 0; red < pixels.length; red += 3) {
    into[red] = (pixels[red]! - redMean!) * redScale!;
    into[red + 1] = (pixels[red + 1]! - greenMean!) * greenScale!;
    into[red + 2] = (pixels[red + 2]! - blueMean!) * blueScale!;
  }
  return into;
}

/** The inverse of `normalizePixels`, rounded and clamped to RGB in 0..255: for pictures of inputs and reconstructions. */
export function denormalizePixels(normalized: ArrayLike<number>): Uint8Array {
  const pixels = new Uint8Array(normalized.length);
  for (let index = 0; index < normalized.length; index++) {
    const channel = (index % 3) as 0 | 1 | 2;
    const value = 255 * (normalized[index]! * imageNetStandardDeviation[channel] + imageNetMean[channel]);
    pixels[index] = Math.min(Math.max(Math.round(value), 0), 255);
  }
  return pixels;
}
