// Outlines of parts as signed distances in the frame of the part: the axis runs from (0, 0) to (length, 0).

export type ShapeName = 'ellipse' | 'box' | 'capsule' | 'taper' | 'leaf' | 'fan';

/**
 * Distance to the outline, negative inside, in the unit of its arguments. Zero exactly on the outline and monotone across
 * it; away from the outline it is an estimate, good enough to draw a rim.
 */
export type SignedDistance = (u: number, v: number, length: number, width: number) => number;

const cornerShare = 0.25;
const taperedTip = 0.4;
const fanRoot = 0.35;

export const shapes: Readonly<Record<ShapeName, SignedDistance>> = {
  ellipse: (u, v, length, width) => {
    const radial = Math.hypot((2 * u) / length - 1, (2 * v) / width);
    return ((radial - 1) * Math.min(length, width)) / 2;
  },
  box: (u, v, length, width) => {
    const corner = cornerShare * Math.min(length, width);
    const beyondEnd = Math.abs(u - length / 2) - length / 2 + corner;
    const beyondSide = Math.abs(v) - width / 2 + corner;
    const outside = Math.hypot(Math.max(beyondEnd, 0), Math.max(beyondSide, 0));
    return outside + Math.min(Math.max(beyondEnd, beyondSide), 0) - corner;
  },
  capsule: (u, v, length, width) => roundedBar(u, v, length, width / 2, width / 2),
  taper: (u, v, length, width) => roundedBar(u, v, length, width / 2, (width / 2) * taperedTip),
  leaf: (u, v, length, width) => {
    const along = (2 * u) / length - 1; // -1 at the root, 1 at the tip
    return Math.max(Math.abs(v) - (width / 2) * (1 - along * along), (Math.abs(along) - 1) * (length / 2));
  },
  fan: (u, v, length, width) => {
    const halfWidth = (width / 2) * (fanRoot + (1 - fanRoot) * (u / length));
    return Math.max(Math.abs(v) - halfWidth, -u, u - length);
  },
};

/** A bar with round ends inside [0, length] whose radius runs linearly from root to tip. */
function roundedBar(u: number, v: number, length: number, rootRadius: number, tipRadius: number): number {
  const span = Math.max(length - rootRadius - tipRadius, 1e-6);
  const share = Math.min(Math.max((u - rootRadius) / span, 0), 1);
  const radius = rootRadius + share * (tipRadius - rootRadius);
  return Math.hypot(u - rootRadius - share * span, v) - radius;
}
