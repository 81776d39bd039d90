// A profile as text for a terminal.

import type { Profile, ProfileRow } from './summarize';

export interface FormatProfileOptions {
  /** Rows of each table. Default 12. */
  rows?: number;
}

/** Tables of where the time of one step went: by operator, by tfjs kernel, by scope, and the slowest nodes. */
export function formatProfile(profile: Profile, { rows = 12 }: FormatProfileOptions = {}): string {
  const { steps, totalMilliseconds, graphMilliseconds, operatorMilliseconds } = profile;
  return [
    `${time(totalMilliseconds)} a step (mean of ${steps}): ${time(graphMilliseconds)} in graphs, of which ${time(operatorMilliseconds)} in operators`,
    table('operator', profile.byOperator, rows, ({ name }) => name),
    table('tfjs kernel', profile.byKernel, rows, ({ name }) => name || '(ONNX Runtime itself)'),
    table('scope, with the scopes inside', profile.byScope, rows, ({ name, ownMilliseconds, gradientMilliseconds }) =>
      [name || '(none)', `own ${time(ownMilliseconds)}`, `gradients ${time(gradientMilliseconds)}`].join('  '),
    ),
    table('node', profile.nodes, rows, ({ name, operator, kernel, scope, isGradient, shape }) =>
      [operator, `[${shape}]`, kernel, isGradient ? 'gradient' : '', scope, name].filter(Boolean).join('  '),
    ),
  ].join('\n\n');
}

function table<Row extends ProfileRow>(
  title: string,
  all: readonly Row[],
  limit: number,
  describe: (row: Row) => string,
): string {
  const lines = all
    .slice(0, limit)
    .map(
      (row) =>
        `${time(row.milliseconds).padStart(10)} ${`${(row.share * 100).toFixed(1)} %`.padStart(7)} ${String(Math.round(row.count)).padStart(6)}  ${describe(row)}`,
    );
  if (all.length > limit) lines.push(`${''.padStart(26)}… ${all.length - limit} more`);
  return [`${'time'.padStart(10)} ${'share'.padStart(7)} ${'count'.padStart(6)}  ${title}`, ...lines].join('\n');
}

function time(milliseconds: number): string {
  return `${milliseconds.toFixed(milliseconds < 10 ? 2 : 1)} ms`;
}
