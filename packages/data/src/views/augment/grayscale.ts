// Brightness of a pixel without its color.

/** ITU-R BT.601 luma of RGB, with the four digits that torchvision uses. */
export function luma(red: number, green: number, blue: number): number {
  return 0.2989 * red + 0.587 * green + 0.114 * blue;
}

/** Replaces every pixel of `pixels` (RGB in 0..255, [..., 3]) by its luma, in place. */
export function grayscale(pixels: Float32Array): Float32Array {
  for (let red = 0; red < pixels.length; red += 3) {
    const gray = luma(pixels[red]!, pixels[red + 1]!, pixels[red + 2]!);
    pixels[red] = gray;
    pixels[red + 1] = gray;
    pixels[red + 2] = gray;
  }
  return pixels;
}
