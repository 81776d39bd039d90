// Pictures of digits, 8 x 8 pixels, drawn in code: seven-by-five glyphs, shifted, dimmed and covered with noise.

export const side = 8;
export const classCount = 10;

export interface DigitSet {
  /** Gray values around [0, 1], [count, 8, 8, 1] in row-major order. */
  pixels: Float32Array;
  /** The digit in each picture, [count]. */
  labels: Int32Array;
}

/** Rows of each digit from top to bottom, the five low bits from left to right. */
const glyphs: readonly (readonly number[])[] = [
  [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110],
  [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
  [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111],
  [0b01110, 0b10001, 0b00001, 0b00110, 0b00001, 0b10001, 0b01110],
  [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
  [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110],
  [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110],
  [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000],
  [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110],
  [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100],
];

const noiseAmplitude = 0.35;

/** The same pictures for the same seed. */
export function drawDigits(count: number, seed: number): DigitSet {
  const uniform = createGenerator(seed);
  const integer = (bound: number) => Math.floor(uniform() * bound);
  const pixels = new Float32Array(count * side * side);
  const labels = new Int32Array(count);
  for (let index = 0; index < count; index++) {
    const digit = integer(classCount);
    const glyph = glyphs[digit]!;
    const [top, left, brightness] = [integer(2), integer(4), 0.5 + 0.5 * uniform()];
    labels[index] = digit;
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        const bit = ((glyph[row - top] ?? 0) >> (4 - (column - left))) & 1;
        const ink = column - left >= 0 && column - left < 5 ? bit * brightness : 0;
        pixels[(index * side + row) * side + column] = ink + noiseAmplitude * (2 * uniform() - 1);
      }
    }
  }
  return { pixels, labels };
}

/** Numbers in [0, 1): a linear congruential generator with the constants of Numerical Recipes. */
function createGenerator(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
