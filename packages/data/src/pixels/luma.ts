// From RGB to gray, and from gray to three equal channels.

/** Luma of ITU-R BT.601 of RGB pixels, [H, W, 3] -> [H, W, 1]; bytes are rounded as Pillow's `convert('L')` rounds them. */
export function luma(pixels: Uint8Array | Float32Array): Uint8Array | Float32Array {
  const count = pixels.length / 3;
  const gray = pixels instanceof Uint8Array ? new Uint8Array(count) : new Float32Array(count);
  for (let pixel = 0; pixel < count; pixel++) {
    const weighted = 19595 * pixels[3 * pixel]! + 38470 * pixels[3 * pixel + 1]! + 7471 * pixels[3 * pixel + 2]!;
    gray[pixel] = pixels instanceof Uint8Array ? (weighted + 0x8000) >> 16 : weighted / 65536;
  }
  return gray;
}
