// Reads what ONNX Runtime's profiler wrote, and says which traced node each of its lines is about.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { fromBinary } from '@bufbuild/protobuf';

import { ModelProtoSchema, type NodeProto } from '../generated/onnx_pb';
import type { CollectedGraph } from '../graph/collect-graph';
import type { GraphNode } from '../graph/value';
import { unconvertedOutput } from '../runtime/unconverted-outputs';

/** One line of the profile: an operator that ran once. */
export interface NodeRun {
  /** The operator that ran, after fusion. */
  operator: string;
  /** Name inside the optimized graph. */
  name: string;
  provider: string;
  milliseconds: number;
  /** Where it comes from; undefined where ONNX Runtime put it in by itself. */
  source: GraphNode | undefined;
}

export interface SessionTrace {
  /** Duration of each run of the session in milliseconds, and what ran in it. */
  runs: { milliseconds: number; nodes: NodeRun[] }[];
}

interface TraceEvent {
  cat: string;
  name: string;
  ts: number;
  dur: number;
  args?: { op_name?: string; provider?: string };
}

/** Reads the files that a session wrote in `folder`: `<name>_<time>.json` and, where it could be saved, `<name>.onnx`. */
export function readTrace(folder: string, name: string, graph: CollectedGraph): SessionTrace {
  const file = readdirSync(folder).find((other) => other.startsWith(`${name}_`) && other.endsWith('.json'));
  if (file === undefined) return { runs: [] };
  const events = JSON.parse(readFileSync(join(folder, file), 'utf8')) as TraceEvent[];
  const sourceOf = sourcesOf(graph, readOptimizedNodes(join(folder, `${name}.onnx`)));
  const runs = events
    .filter((event) => event.cat === 'Session' && event.name === 'model_run')
    .sort((a, b) => a.ts - b.ts)
    .map(({ ts, dur }) => ({ start: ts, end: ts + dur, milliseconds: dur / 1000, nodes: [] as NodeRun[] }));
  for (const { cat, name: line, ts, dur, args } of events) {
    if (cat !== 'Node' || !line.endsWith('_kernel_time')) continue;
    const node = line.slice(0, -'_kernel_time'.length);
    const operator = args?.op_name ?? '';
    if (node === unconvertedOutput) continue; // the runtime's own, and done in no time
    runs
      .find(({ start, end }) => start <= ts && ts <= end)
      ?.nodes.push({
        operator,
        name: node,
        provider: args?.provider?.replace(/ExecutionProvider$/, '').toLowerCase() ?? '',
        milliseconds: dur / 1000,
        source: sourceOf(node),
      });
  }
  return { runs };
}

function readOptimizedNodes(path: string): NodeProto[] {
  try {
    return fromBinary(ModelProtoSchema, readFileSync(path)).graph?.node ?? [];
  } catch {
    return []; // a provider that compiles graphs cannot save them
  }
}

/** A fused operator spends its time here, not in the addition or activation behind it. */
const isHeavy = ({ operator }: GraphNode) => /MatMul|Conv|Einsum/.test(operator);

/**
 * Fused operators get new names but keep the name of what they compute: a fused operator counts as the product or convolution among
 * those it replaced, else as the last of them. What ONNX Runtime put in (casts, transposes, copies between devices) counts as the
 * first of those that read it.
 */
function sourcesOf({ nodes, names }: CollectedGraph, optimized: NodeProto[]): (name: string) => GraphNode | undefined {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [names.get(output)!, node] as const)));
  const kept = new Set(optimized.flatMap(({ output }) => output));
  const byName = new Map(optimized.map((node) => [node.name, node]));
  const readers = new Map(optimized.toReversed().flatMap((node) => node.input.map((input) => [input, node] as const)));

  const heaviestOf = (last: GraphNode): GraphNode => {
    const replaced = [last];
    for (const node of replaced) {
      if (isHeavy(node)) return node;
      const inputs = node.inputs.map((input) => (input === undefined ? '' : names.get(input)!));
      for (const input of inputs.filter((name) => !kept.has(name))) {
        const producer = producers.get(input);
        if (producer !== undefined && !replaced.includes(producer)) replaced.push(producer);
      }
    }
    return last;
  };
  const find = (node: NodeProto | undefined, hops: number): GraphNode | undefined => {
    if (node === undefined || hops === 0) return undefined;
    const last = node.output.map((output) => producers.get(output)).find((producer) => producer !== undefined);
    if (last !== undefined) return /MatMul|Gemm|Conv/.test(node.opType) ? heaviestOf(last) : last;
    return find(node.output.map((output) => readers.get(output)).find(Boolean), hops - 1);
  };
  return (name) => find(byName.get(name), 4) ?? producers.get(name); // unfused nodes are named as their first output
}
