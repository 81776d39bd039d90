// The two passes of Pillow's resize on bytes, four to sixteen values at a time. AssemblyScript: scripts/build-resize-kernel.ts makes
// packages/data/src/views/generated/resize-kernel.ts of it. All pointers are bytes into the memory, which the caller lays out with
// 16 bytes to spare behind each array, since whole vectors are read and written at its end.

/** Bits behind the point of a weight, and half a unit. */
const precision: i32 = 22;
const half: i32 = 1 << 21;

/** `rowCount` rows of pixels [_, channels], `sourceStride` bytes apart, to [rowCount, width, channels]. */
export function resizeRows(
  source: usize,
  sourceStride: usize,
  rowCount: i32,
  channels: i32,
  first: usize,
  weights: usize,
  taps: i32,
  width: i32,
  target: usize,
): void {
  for (let row = 0; row < rowCount; row++) {
    for (let x = 0; x < width; x++) {
      const start = source + <usize>(load<i32>(first + ((<usize>x) << 2)) * channels);
      const weightsOfX = weights + ((<usize>x * <usize>taps) << 2);
      for (let channel = 0; channel < channels; channel += 4) {
        let pixel = start + <usize>channel;
        let weight = weightsOfX;
        let sum = i32x4.splat(half);
        for (let tap = 0; tap < taps; tap++) {
          const values = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(pixel)));
          sum = i32x4.add(sum, i32x4.mul(values, v128.load32_splat(weight)));
          pixel += channels;
          weight += 4;
        }
        const rounded = i32x4.shr_s(sum, precision);
        const words = i16x8.narrow_i32x4_s(rounded, rounded);
        // Writes past a pixel of fewer than four channels; the next one lies there and comes next.
        v128.store_lane<u32>(target + <usize>channel, i8x16.narrow_i16x8_u(words, words), 0);
      }
      target += channels;
    }
    source += sourceStride;
  }
}

/** Rows of `rowLength` bytes, the first of which is row `begin` of the source, to [height, rowLength]. */
export function resizeColumns(
  source: usize,
  rowLength: i32,
  begin: i32,
  first: usize,
  weights: usize,
  taps: i32,
  height: i32,
  target: usize,
): void {
  for (let y = 0; y < height; y++) {
    const start = source + <usize>((load<i32>(first + ((<usize>y) << 2)) - begin) * rowLength);
    const weightsOfY = weights + ((<usize>y * <usize>taps) << 2);
    for (let item = 0; item < rowLength; item += 16) {
      let pixel = start + <usize>item;
      let weight = weightsOfY;
      let a = i32x4.splat(half);
      let b = a;
      let c = a;
      let d = a;
      for (let tap = 0; tap < taps; tap++) {
        const bytes = v128.load(pixel);
        const low = i16x8.extend_low_i8x16_u(bytes);
        const high = i16x8.extend_high_i8x16_u(bytes);
        const factor = v128.load32_splat(weight);
        a = i32x4.add(a, i32x4.mul(i32x4.extend_low_i16x8_u(low), factor));
        b = i32x4.add(b, i32x4.mul(i32x4.extend_high_i16x8_u(low), factor));
        c = i32x4.add(c, i32x4.mul(i32x4.extend_low_i16x8_u(high), factor));
        d = i32x4.add(d, i32x4.mul(i32x4.extend_high_i16x8_u(high), factor));
        pixel += rowLength;
        weight += 4;
      }
      const front = i16x8.narrow_i32x4_s(i32x4.shr_s(a, precision), i32x4.shr_s(b, precision));
      const back = i16x8.narrow_i32x4_s(i32x4.shr_s(c, precision), i32x4.shr_s(d, precision));
      v128.store(target + <usize>item, i8x16.narrow_i16x8_u(front, back)); // what runs over is the next row's
    }
    target += rowLength;
  }
}
