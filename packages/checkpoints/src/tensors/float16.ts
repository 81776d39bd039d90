// Numbers of half precision (IEEE 754 binary16) as 16-bit patterns, for engines without Float16Array.

const bits = new DataView(new ArrayBuffer(4));

/** Smallest step below the normal numbers. */
const subnormalStep = 2 ** -24;

/** Rounds to the nearest half, ties to even; what is too large becomes infinite. */
export function encodeFloat16(value: number): number {
  bits.setFloat32(0, value);
  const pattern = bits.getUint32(0);
  const sign = (pattern >>> 16) & 0x8000;
  const magnitude = Math.abs(Math.fround(value));
  if (Number.isNaN(value)) return sign | 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00; // halfway between the largest half, 65504, and 2^16
  if (magnitude < 2 ** -14) return sign | roundHalfToEven(magnitude / subnormalStep);
  const exponent = ((pattern >>> 23) & 0xff) - 127;
  const mantissa = roundHalfToEven((magnitude / 2 ** exponent - 1) * 1024);
  return sign | (((exponent + 15) << 10) + mantissa); // a mantissa of 1024 carries into the exponent, as it should
}

export function decodeFloat16(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1;
  const exponent = (pattern >> 10) & 0x1f;
  const mantissa = pattern & 0x3ff;
  if (exponent === 0) return sign * mantissa * subnormalStep;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * 2 ** (exponent - 15) * (1 + mantissa / 1024);
}

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}
