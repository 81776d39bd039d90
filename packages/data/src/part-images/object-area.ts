// The area an object covers in its resting pose, in square object units; overlaps count once.

import type { ObjectClass } from './object-classes';
import { boundsOf, type PlacedPart, placePart } from './placed-part';

const samplesPerUnit = 40;
const atRest = { turn: 0, mirror: 1, scale: 1, x: 0, y: 0 };
const known = new Map<ObjectClass, number>();

/** Counts sample points inside the object; 40 per unit put the error below one percent. */
export function objectArea(objectClass: ObjectClass): number {
  const area = known.get(objectClass) ?? measure(objectClass);
  known.set(objectClass, area);
  return area;
}

function measure(objectClass: ObjectClass): number {
  const parts = objectClass.parts.map((part) => placePart(part, atRest));
  const { left, right, top, bottom } = boundsOf(parts);
  let inside = 0;
  for (let y = top; y < bottom; y += 1 / samplesPerUnit) {
    for (let x = left; x < right; x += 1 / samplesPerUnit) {
      if (parts.some((part) => covers(part, x, y))) inside++;
    }
  }
  return inside / samplesPerUnit ** 2;
}

function covers(part: PlacedPart, x: number, y: number): boolean {
  const [dx, dy] = [x - part.originX, y - part.originY];
  const along = dx * part.axisX + dy * part.axisY;
  const across = dy * part.axisX - dx * part.axisY;
  return part.distance(along, across, part.length, part.width) < 0;
}
