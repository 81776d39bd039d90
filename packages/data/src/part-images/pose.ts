// Puts an object of a class into an image: bends its joints, then turns, mirrors, scales and places the whole.

import type { Rng } from '@semmae/core';

import { objectArea } from './object-area';
import type { ClassPart, ObjectClass } from './object-classes';
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

export interface Canvas {
  readonly height: number;
  readonly width: number;
}

const jointBend = 0.17; // radians either way
const sizeJitter = 0.12;
const largestTurn = 0.45; // radians either way, about 26 degrees: objects keep an upright
const smallestShare = 0.3; // of the image covered by the object, before it is fitted into the image
const largestShare = 0.48;
const overhang = 0.04; // of the shorter image side that may leave the image

/** Draws a pose. Every draw is independent of the class; only the class's geometry enters. */
export function drawPose(rng: Rng, objectClass: ObjectClass, canvas: Canvas): PlacedPart[] {
  const bent = objectClass.parts.map((part) => bend(rng, part));
  const turn = largestTurn * (2 * rng.uniform() - 1);
  const mirror = rng.uniform() < 0.5 ? -1 : 1;
  const share = smallestShare + (largestShare - smallestShare) * rng.uniform();
  const [shiftX, shiftY] = [rng.uniform(), rng.uniform()];

  const bounds = boundsOf(bent.map((part) => transform(part, { turn, mirror, scale: 1, x: 0, y: 0 })));
  const margin = overhang * Math.min(canvas.height, canvas.width);
  const scale = Math.min(
    Math.sqrt((share * canvas.height * canvas.width) / objectArea(objectClass)),
    (canvas.width + 2 * margin) / (bounds.right - bounds.left),
    (canvas.height + 2 * margin) / (bounds.bottom - bounds.top),
  );
  const slackX = canvas.width + 2 * margin - scale * (bounds.right - bounds.left);
  const slackY = canvas.height + 2 * margin - scale * (bounds.bottom - bounds.top);
  const x = shiftX * slackX - margin - scale * bounds.left;
  const y = shiftY * slackY - margin - scale * bounds.top;
  return bent.map((part) => transform(part, { turn, mirror, scale, x, y }));
}

/** The object as its class draws it, one unit long per unit, around (0, 0). */
export function restingPose(objectClass: ObjectClass): PlacedPart[] {
  return objectClass.parts.map((part) => transform(part, { turn: 0, mirror: 1, scale: 1, x: 0, y: 0 }));
}

function bend(rng: Rng, part: ClassPart): ClassPart {
  const angle = jointBend * (2 * rng.uniform() - 1);
  const stretch = 1 + sizeJitter * (2 * rng.uniform() - 1);
  const thickness = 1 + sizeJitter * (2 * rng.uniform() - 1);
  const [alongX, alongY] = [part.to[0] - part.from[0], part.to[1] - part.from[1]];
  const [cos, sin] = [stretch * Math.cos(angle), stretch * Math.sin(angle)];
  const to = [part.from[0] + cos * alongX - sin * alongY, part.from[1] + sin * alongX + cos * alongY] as const;
  return { ...part, to, width: part.width * thickness };
}

interface Placement {
  turn: number;
  mirror: number;
  scale: number;
  x: number;
  y: number;
}

function transform(part: ClassPart, { turn, mirror, scale, x, y }: Placement): PlacedPart {
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
