// Two-color patterns in the frame of a part: u runs along its axis, v across it, both in periods of the pattern.

export type TextureName = 'checks' | 'dots' | 'bands' | 'chevrons' | 'grain' | 'rings';

/** True where the second color shows. `center` is u at the middle of the part. */
export type Texture = (u: number, v: number, center: number) => boolean;

const dotRadius = 0.32;

export const textures: Readonly<Record<TextureName, Texture>> = {
  checks: (u, v) => firstHalf(u) !== firstHalf(v),
  dots: (u, v) => (u - Math.round(u)) ** 2 + (v - Math.round(v)) ** 2 < dotRadius ** 2,
  bands: (u) => firstHalf(u),
  chevrons: (u, v) => firstHalf(u + Math.abs(v)),
  grain: (_, v) => firstHalf(v),
  rings: (u, v, center) => firstHalf(Math.hypot(u - center, v)),
};

function firstHalf(position: number): boolean {
  return position - Math.floor(position) < 0.5;
}
