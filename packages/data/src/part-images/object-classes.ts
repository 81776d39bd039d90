// The classes of the built-in data set: one table of assemblies.
//
// Classes come in pairs with the same parts in about the same sizes, put together differently. What a part looks like,
// its colors, the background and the pose are drawn without regard to the class, so neither the pixels at a place nor the
// amount of any texture tell the two classes of a pair apart: how the parts are arranged does.

import type { PartName } from './part-kinds';
import type { ShapeName } from './shapes';

type Point = readonly [x: number, y: number];

/** One part: a shape whose axis runs from one point to another (x right, y down, objects within about [-1, 1]). */
export interface ClassPart {
  readonly part: PartName;
  readonly shape: ShapeName;
  /** Where it is attached; joints bend around this point. */
  readonly from: Point;
  readonly to: Point;
  /** Across the axis, in the same units. */
  readonly width: number;
}

export interface ObjectClass {
  readonly name: string;
  /** In drawing order: later parts cover earlier ones. */
  readonly parts: readonly ClassPart[];
}

export const objectClasses: readonly ObjectClass[] = [
  // body, head, four limbs, tail
  {
    name: 'hound',
    parts: [
      part('tail', 'taper', [-0.5, -0.15], [-1.05, -0.75], 0.28),
      part('limb', 'capsule', [-0.5, 0.0], [-0.55, 0.85], 0.24),
      part('limb', 'capsule', [-0.2, 0.0], [-0.18, 0.85], 0.24),
      part('limb', 'capsule', [0.16, 0.0], [0.14, 0.85], 0.24),
      part('limb', 'capsule', [0.46, 0.0], [0.5, 0.85], 0.24),
      part('body', 'ellipse', [-0.72, -0.05], [0.66, -0.05], 0.6),
      part('head', 'ellipse', [0.36, -0.34], [0.98, -0.52], 0.5),
    ],
  },
  {
    name: 'lizard',
    parts: [
      part('tail', 'taper', [-0.5, 0.0], [-1.22, 0.0], 0.32),
      part('limb', 'capsule', [-0.3, -0.1], [-0.6, -0.8], 0.24),
      part('limb', 'capsule', [-0.3, 0.1], [-0.6, 0.8], 0.24),
      part('limb', 'capsule', [0.3, -0.1], [0.5, -0.8], 0.24),
      part('limb', 'capsule', [0.3, 0.1], [0.5, 0.8], 0.24),
      part('body', 'ellipse', [-0.68, 0.0], [0.62, 0.0], 0.7),
      part('head', 'ellipse', [0.45, 0.0], [1.05, 0.0], 0.52),
    ],
  },
  // body, head, two wings, tail
  {
    name: 'plane',
    parts: [
      part('wing', 'fan', [0.15, -0.05], [-0.25, -1.0], 0.6),
      part('wing', 'fan', [0.15, 0.05], [-0.25, 1.0], 0.6),
      part('tail', 'fan', [-0.45, 0.0], [-1.1, 0.0], 0.5),
      part('body', 'ellipse', [-0.7, 0.0], [0.75, 0.0], 0.5),
      part('head', 'ellipse', [0.5, 0.0], [1.1, 0.0], 0.44),
    ],
  },
  {
    name: 'heron',
    parts: [
      part('wing', 'fan', [0.3, 0.3], [0.3, -0.85], 0.55),
      part('wing', 'fan', [-0.15, 0.3], [-0.65, -0.7], 0.6),
      part('tail', 'fan', [-0.5, 0.35], [-1.15, 0.65], 0.48),
      part('body', 'ellipse', [-0.7, 0.35], [0.75, 0.35], 0.55),
      part('head', 'ellipse', [0.45, 0.24], [1.0, -0.12], 0.46),
    ],
  },
  // body, head, two wheels, one limb
  {
    name: 'truck',
    parts: [
      part('limb', 'capsule', [-0.55, 0.1], [-0.75, -0.85], 0.26),
      part('head', 'box', [0.5, 0.0], [0.5, -0.72], 0.62),
      part('body', 'box', [-0.95, 0.12], [0.95, 0.12], 0.47),
      part('wheel', 'ellipse', [-0.88, 0.5], [-0.28, 0.5], 0.6),
      part('wheel', 'ellipse', [0.28, 0.5], [0.88, 0.5], 0.6),
    ],
  },
  {
    name: 'scooter',
    parts: [
      part('limb', 'capsule', [0.6, 0.6], [0.5, -0.5], 0.32),
      part('body', 'box', [-0.95, 0.25], [0.5, 0.25], 0.64),
      part('head', 'box', [0.15, -0.65], [0.95, -0.65], 0.49),
      part('wheel', 'ellipse', [-1.05, 0.6], [-0.45, 0.6], 0.6),
      part('wheel', 'ellipse', [0.4, 0.6], [1.0, 0.6], 0.6),
    ],
  },
  // body, head, two limbs, two wings
  {
    name: 'imp',
    parts: [
      part('wing', 'leaf', [-0.1, -0.05], [-1.05, -0.4], 0.5),
      part('wing', 'leaf', [0.1, -0.05], [1.05, -0.4], 0.5),
      part('limb', 'capsule', [-0.2, 0.25], [-0.3, 1.0], 0.28),
      part('limb', 'capsule', [0.2, 0.25], [0.3, 1.0], 0.28),
      part('body', 'box', [0.0, -0.4], [0.0, 0.5], 0.62),
      part('head', 'ellipse', [0.0, -0.3], [0.0, -0.95], 0.6),
    ],
  },
  {
    name: 'flower',
    parts: [
      part('limb', 'capsule', [-0.02, 0.6], [-0.02, -0.3], 0.26),
      part('limb', 'capsule', [0.05, 0.3], [0.6, -0.35], 0.26),
      part('wing', 'leaf', [0.0, 0.4], [-0.95, -0.05], 0.5),
      part('wing', 'leaf', [0.05, 0.4], [0.95, 0.25], 0.45),
      part('body', 'box', [0.0, 1.0], [0.0, 0.35], 0.8),
      part('head', 'ellipse', [-0.05, -0.25], [-0.1, -0.9], 0.6),
    ],
  },
];

function part(name: PartName, shape: ShapeName, from: Point, to: Point, width: number): ClassPart {
  return { part: name, shape, from, to, width };
}
