// Puts an object of a class into an image: bends its joints, then turns, mirrors, scales and places the whole.

import type { Rng } from '@semmae/core';

import { objectArea } from './object-area';
import type { ClassPart, ObjectClass } from './object-classes';
import { boundsOf, type PlacedPart, placePart } from './placed-part';

export interface Canvas {
  readonly height: number;
  readonly width: number;
}

const jointBend = 0.08; // radians either way
const sizeJitter = 0.06;
const largestTurn = 0.45; // radians either way, about 26 degrees: objects keep an upright
const smallestShare = 0.16; // of the image: a quarter of the patches holds the object, and there is room to stand elsewhere
const largestShare = 0.24;
const overhang = 0.04; // of the shorter image side that may leave the image

/** Draws a pose. Every draw is independent of the class; only the class's geometry enters. */
export function drawPose(rng: Rng, objectClass: ObjectClass, canvas: Canvas): PlacedPart[] {
  const bent = objectClass.parts.map((part) => bend(rng, part));
  const turn = largestTurn * (2 * rng.uniform() - 1);
  const mirror = rng.uniform() < 0.5 ? -1 : 1;
  const share = smallestShare + (largestShare - smallestShare) * rng.uniform();
  const [shiftX, shiftY] = [rng.uniform(), rng.uniform()];

  const bounds = boundsOf(bent.map((part) => placePart(part, { turn, mirror, scale: 1, x: 0, y: 0 })));
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
  return bent.map((part) => placePart(part, { turn, mirror, scale, x, y }));
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
