// fp32 matmul rates of the machine, by library and shape, from several rounds.

import type { Reading } from './contestant';
import { median, relativeRange, rounded } from './statistics';
import type { Product } from './step-products';

/** What the matmul contestants print: GFLOP/s by library and by shape 'MxKxN'. */
export interface MatmulReading extends Reading {
  rates: Record<string, Record<string, number>>;
}

export interface MachineRate {
  library: string;
  shape: string;
  /** GFLOP/s, the median over the rounds. */
  rate: number;
  spread: number;
}

export function machineRates(readings: readonly MatmulReading[]): MachineRate[] {
  const values = new Map<string, number[]>();
  for (const { rates } of readings)
    for (const [library, byShape] of Object.entries(rates))
      for (const [shape, rate] of Object.entries(byShape)) {
        const key = `${library}|${shape}`;
        values.set(key, [...(values.get(key) ?? []), rate]);
      }
  return [...values].map(([key, list]) => {
    const [library, shape] = key.split('|') as [string, string];
    return { library, shape, rate: rounded(median(list)), spread: rounded(relativeRange(list)) };
  });
}

/** The highest of `rates`, or undefined where there is none. */
export function fastest(rates: readonly MachineRate[]): MachineRate | undefined {
  return rates.toSorted((a, b) => b.rate - a.rate)[0];
}

/** The `count` shapes that most of a step's operations are in, attention's many small products apart. */
export function mainShapes(products: readonly Product[], count: number): string[] {
  const work = new Map<string, number>();
  for (const { m, k, n, count } of products) {
    const shape = `${m}x${k}x${n}`;
    work.set(shape, (work.get(shape) ?? 0) + m * k * n * count);
  }
  return [...work]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([shape]) => shape);
}
