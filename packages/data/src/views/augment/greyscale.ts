// Brightness of a pixel without its colour.

/** ITU-R BT.601 luma of RGB, with the four digits that torchvision uses. */
export function luma(red: number, green: number, blue: number): number {
  return 0.2989 * red + 0.587 * green + 0.114 * blue;
}

/** Replaces every pixel of `pixels` (RGB in 0..255, [..., 3]) by its luma, in place. */
export function greyscale(pixels: Float32Array): Float32Array {
  for (let red = 0; red < pixels.length; red += 3) {
    const grey = luma(pixels[red]!, pixels[red + 1]!, pixels[red + 2]!);
    pixels[red] = grey;
    pixels[red + 1] = grey;
    pixels[red + 2] = grey;
  }
  return pixels;
}
