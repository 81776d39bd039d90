// What became of every tensor, and an error where that is not what the architecture asks for.

import { SemmaeError } from '@semmae/core';

import type { ComposedWeight } from './composed-weight';
import type { LoadReport } from './public-model';
import { reasonToLeaveOut } from './weight-names';

export interface Allowed {
  missing?: readonly string[];
  unexpected?: readonly string[];
}

/** Throws a SemmaeError of one line unless the weights are those expected, but for what is known or allowed by name. */
export function strictReport(
  path: string,
  {
    weights,
    expected,
    leftOut,
    allowed = {},
  }: {
    weights: ReadonlyMap<string, ComposedWeight>;
    expected: ReadonlyMap<string, readonly number[]>;
    leftOut: LoadReport['leftOut'];
    allowed?: Allowed | undefined;
  },
): LoadReport {
  const report: LoadReport = { loaded: [], leftOut: [...leftOut], missing: [], unexpected: [], otherShape: [] };
  const loaded = new Set<string>();
  for (const [name, shape] of expected) {
    const weight = weights.get(name);
    if (weight === undefined) report.missing.push(name);
    else if (String(weight.shape) !== String(shape))
      report.otherShape.push({ name, expected: shape, got: weight.shape });
    for (const source of weight?.sources ?? []) loaded.add(source);
  }
  report.loaded = [...loaded];
  for (const [name, { sources }] of weights) {
    if (expected.has(name)) continue;
    const why = reasonToLeaveOut(name);
    if (why === undefined) report.unexpected.push(...sources);
    else report.leftOut.push(...sources.map((source) => ({ name: source, why })));
  }
  assertWhole(path, report, allowed);
  return report;
}

function assertWhole(path: string, { missing, unexpected, otherShape }: LoadReport, allowed: Allowed): void {
  const faults = [
    ...listed(
      'missing',
      missing.filter((name) => !isAllowed(name, allowed.missing)),
    ),
    ...listed(
      'left over',
      unexpected.filter((name) => !isAllowed(name, allowed.unexpected)),
    ),
    ...listed(
      'of another shape',
      otherShape.map(({ name, expected, got }) => `${name} [${got.join(', ')}] instead of [${expected.join(', ')}]`),
    ),
  ];
  if (faults.length === 0) return;
  const requirement = 'must hold the weights of one ViT, no fewer and no more';
  const remedy = otherShape.length > 0 ? undefined : 'allow them by name to go on without';
  throw new SemmaeError({ where: path, requirement, got: faults.join(', and '), remedy });
}

function listed(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return [`${names.slice(0, 3).join(', ')}${more} ${what}`];
}

/** By its whole name, or by the path that it is under. */
export function isAllowed(name: string, allowed: readonly string[] = []): boolean {
  return allowed.some((one) => name === one || name.startsWith(`${one}.`));
}
