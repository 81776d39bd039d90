// Adds the lines of a profile up: by operator, by kernel, by scope.

import type { GraphNode } from '../graph/value';
import type { NodeRun, SessionTrace } from './read-trace';

/** A row of a profile; times are of one step. */
export interface ProfileRow {
  name: string;
  milliseconds: number;
  /** Of all operators' time, 0 to 1. */
  share: number;
  /** Operators run in one step. */
  count: number;
}

export interface ScopeRow extends ProfileRow {
  /** Of `milliseconds`, what no inner scope has. */
  ownMilliseconds: number;
  /** Of `milliseconds`, what went into gradients. */
  gradientMilliseconds: number;
}

export interface NodeRow extends ProfileRow {
  /** What ran; ONNX Runtime may have fused it from several. */
  operator: string;
  /** The execution provider it ran on. */
  provider: string;
  /** The tfjs kernel that asked for it; '' for what ONNX Runtime put in by itself. */
  kernel: string;
  /** Path of named scopes; '' outside of all. */
  scope: string;
  isGradient: boolean;
  /** Shape of the first output. */
  shape: readonly number[];
}

export interface Profile {
  /** Steps measured. */
  steps: number;
  /** Wall time of one step, the mean over steps: graphs and all host code. */
  totalMilliseconds: number;
  /** Of it, inside ONNX Runtime. */
  graphMilliseconds: number;
  /** Of that, inside operators. */
  operatorMilliseconds: number;
  byOperator: ProfileRow[];
  byKernel: ProfileRow[];
  /** Outer scopes include inner ones; '' is what lies outside of all. */
  byScope: ScopeRow[];
  /** Each node of the optimized graphs, the slowest first. */
  nodes: NodeRow[];
}

/** @param milliseconds Wall time of each step. */
export function summarize(milliseconds: readonly number[], runs: SessionTrace['runs']): Profile {
  const steps = milliseconds.length;
  const perStep = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / steps;
  const lines = runs.flatMap(({ nodes }) => nodes);
  const operatorMilliseconds = perStep(lines.map((line) => line.milliseconds));
  const row = (name: string, group: readonly NodeRun[]): ProfileRow => {
    const spent = perStep(group.map((line) => line.milliseconds));
    return { name, milliseconds: spent, share: spent / (operatorMilliseconds || 1), count: group.length / steps };
  };
  const rowsBy = (key: (line: NodeRun) => string) =>
    slowestFirst([...groupBy(lines, key)].map(([name, group]) => row(name, group)));
  return {
    steps,
    totalMilliseconds: perStep(milliseconds),
    graphMilliseconds: perStep(runs.map((run) => run.milliseconds)),
    operatorMilliseconds,
    byOperator: rowsBy(({ operator }) => operator),
    byKernel: rowsBy(({ source }) => source?.kernel ?? ''),
    byScope: scopeRows(lines, row),
    nodes: slowestFirst(
      [...groupBy(lines, ({ name }) => name)].map(([name, group]) => ({ ...row(name, group), ...describe(group[0]!) })),
    ),
  };
}

function describe({ operator, provider, source }: NodeRun): Omit<NodeRow, keyof ProfileRow> {
  return {
    operator,
    provider,
    kernel: source?.kernel ?? '',
    scope: scopePath(source),
    isGradient: source?.scope?.isGradient ?? false,
    shape: source?.outputs[0]?.shape ?? [],
  };
}

function scopeRows(
  lines: readonly NodeRun[],
  row: (name: string, group: readonly NodeRun[]) => ProfileRow,
): ScopeRow[] {
  const own = groupBy(lines, ({ source }) => scopePath(source));
  const paths = new Set([...own.keys()].flatMap(withOuterScopes));
  return slowestFirst(
    [...paths].map((path) => {
      const group = [...own].filter(([other]) => other === path || (path !== '' && other.startsWith(`${path}/`)));
      const all = group.flatMap(([, some]) => some);
      return {
        ...row(path, all),
        ownMilliseconds: row(path, own.get(path) ?? []).milliseconds,
        gradientMilliseconds: row(
          path,
          all.filter(({ source }) => source?.scope?.isGradient),
        ).milliseconds,
      };
    }),
  );
}

/** 'a/b/c' -> 'a', 'a/b', 'a/b/c' */
function withOuterScopes(path: string): string[] {
  const names = path.split('/');
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

function scopePath(source: GraphNode | undefined): string {
  return source?.scope?.path ?? '';
}

function groupBy(lines: readonly NodeRun[], key: (line: NodeRun) => string): Map<string, NodeRun[]> {
  const groups = new Map<string, NodeRun[]>();
  for (const line of lines) {
    const name = key(line);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [line]);
    else group.push(line);
  }
  return groups;
}

function slowestFirst<Row extends ProfileRow>(rows: Row[]): Row[] {
  return rows.sort((a, b) => b.milliseconds - a.milliseconds);
}
