// Limited-memory BFGS: minimizes a smooth convex function from its values and gradients, without a learning rate.

export interface Evaluation {
  value: number;
  gradient: Float64Array;
}

export interface LbfgsOptions {
  start: Float64Array;
  evaluate: (point: Float64Array) => Promise<Evaluation>;
  /** Default 100. */
  maximumIterations?: number;
  /** Stops when no component of the gradient is larger. Default 1e-4. */
  tolerance?: number;
}

/** Pairs of steps and gradient changes that shape the next direction. */
const memory = 10;
/** Fraction of the decrease promised by the slope that a step must keep (Armijo). */
const sufficientDecrease = 1e-4;
const maximumHalvings = 20;

interface Pair {
  step: Float64Array;
  change: Float64Array;
  /** 1 / (step · change) */
  inverseCurvature: number;
}

/**
 * Returns the lowest point found. Ends at the tolerance, after `maximumIterations`, or when no step lowers the value any more,
 * which is where the precision of `evaluate` is exhausted.
 *
 * Reference: Nocedal & Wright, "Numerical Optimization", Algorithms 7.4 and 7.5
 */
export async function minimize({
  start,
  evaluate,
  maximumIterations = 100,
  tolerance = 1e-4,
}: LbfgsOptions): Promise<Float64Array> {
  let point = start;
  let { value, gradient } = await evaluate(point);
  const pairs: Pair[] = [];
  for (let iteration = 0; iteration < maximumIterations && largest(gradient) > tolerance; iteration++) {
    const direction = descentDirection(gradient, pairs);
    const slope = dot(direction, gradient);
    let length = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    let next = move(point, direction, length);
    let evaluation = await evaluate(next);
    for (let halving = 0; evaluation.value > value + sufficientDecrease * length * slope; halving++) {
      if (halving === maximumHalvings) return point;
      length /= 2;
      next = move(point, direction, length);
      evaluation = await evaluate(next);
    }
    remember(pairs, difference(next, point), difference(evaluation.gradient, gradient));
    point = next;
    ({ value, gradient } = evaluation);
  }
  return point;
}

/** -H g by the two-loop recursion. */
function descentDirection(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const weights = pairs.map(() => 0);
  for (let index = pairs.length - 1; index >= 0; index--) {
    const { step, change, inverseCurvature } = pairs[index]!;
    weights[index] = inverseCurvature * dot(step, direction);
    addScaled(direction, change, -weights[index]!);
  }
  const newest = pairs.at(-1);
  if (newest !== undefined) {
    const scale = 1 / (newest.inverseCurvature * dot(newest.change, newest.change));
    direction.forEach((value, index) => {
      direction[index] = value * scale;
    });
  }
  pairs.forEach(({ step, change, inverseCurvature }, index) => {
    addScaled(direction, step, weights[index]! - inverseCurvature * dot(change, direction));
  });
  return direction;
}

/** Keeps only pairs of positive curvature; rounding can produce others near the minimum. */
function remember(pairs: Pair[], step: Float64Array, change: Float64Array): void {
  const curvature = dot(step, change);
  if (curvature <= 1e-10 * dot(change, change)) return;
  pairs.push({ step, change, inverseCurvature: 1 / curvature });
  if (pairs.length > memory) pairs.shift();
}

function move(point: Float64Array, direction: Float64Array, length: number): Float64Array {
  const moved = point.slice();
  addScaled(moved, direction, length);
  return moved;
}

function addScaled(target: Float64Array, values: Float64Array, factor: number): void {
  for (let index = 0; index < target.length; index++) target[index]! += factor * values[index]!;
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, index) => value - b[index]!);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
