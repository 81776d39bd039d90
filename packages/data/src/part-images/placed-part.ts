// One part of an object, placed in the image, and the box around several.

import type { ClassPart } from './object-classes';
import { partId, partKinds } from './part-kinds';
import { type SignedDistance, shapes } from './shapes';

/** A part in the image. Lengths and positions are pixels, (0, 0) is the corner of the first pixel. */
export interface PlacedPart {
  /** Part id, 1..P. */
  readonly id: number;
  readonly distance: SignedDistance;
  readonly originX: number;
  readonly originY: number;
  /** Unit vector of the axis. */
  readonly axisX: number;
  readonly axisY: number;
  readonly length: number;
  readonly width: number;
  /** One repetition of the part's pattern. */
  readonly period: number;
}

/** Mirrors (-1) or not (1), turns by radians, scales, and moves, in this order. */
export interface Placement {
  turn: number;
  mirror: number;
  scale: number;
  x: number;
  y: number;
}

/** Carries a part from object units into the image. */
export function placePart(part: ClassPart, { turn, mirror, scale, x, y }: Placement): PlacedPart {
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const toImageX = ([px, py]: readonly [number, number]) => x + scale * (cos * mirror * px - sin * py);
  const toImageY = ([px, py]: readonly [number, number]) => y + scale * (sin * mirror * px + cos * py);
  const [originX, originY] = [toImageX(part.from), toImageY(part.from)];
  const [alongX, alongY] = [toImageX(part.to) - originX, toImageY(part.to) - originY];
  const length = Math.hypot(alongX, alongY);
  const id = partId(part.part);
  return {
    id,
    distance: shapes[part.shape],
    originX,
    originY,
    axisX: alongX / length,
    axisY: alongY / length,
    length,
    width: scale * part.width,
    period: scale * partKinds[id - 1]!.period,
  };
}

export interface Bounds {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** The smallest upright box around the parts' own boxes. */
export function boundsOf(parts: readonly PlacedPart[]): Bounds {
  const bounds = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const part of parts) {
    for (const along of [0, part.length]) {
      for (const across of [-part.width / 2, part.width / 2]) {
        const x = part.originX + along * part.axisX - across * part.axisY;
        const y = part.originY + along * part.axisY + across * part.axisX;
        bounds.left = Math.min(bounds.left, x);
        bounds.right = Math.max(bounds.right, x);
        bounds.top = Math.min(bounds.top, y);
        bounds.bottom = Math.max(bounds.bottom, y);
      }
    }
  }
  return bounds;
}
