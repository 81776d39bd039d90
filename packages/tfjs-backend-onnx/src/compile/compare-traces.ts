// Two traces of one step must be the same graph; where they are not, the step depends on something hidden.

import type { CollectedGraph } from '../graph/collect-graph';
import { sameOperation, signatureOf } from '../graph/structural-key';
import { elementsOf, type Value } from '../graph/value';
import { OnnxBackendError } from '../onnx-backend-error';
import type { LeafSource, StepTrace } from './trace-step';

/** Throws an OnnxBackendError that names the first difference between two traces of a step. */
export function assertSameTrace(first: StepTrace, second: StepTrace): void {
  assertSameNodes(first.graph, second.graph);
  first.graph.literals.forEach((literal, index) => {
    assertSameConstant(literal, second.graph.literals[index], first.graph);
  });
  first.graph.feeds.forEach((feed, index) => {
    const other = second.graph.feeds[index];
    const isSame =
      feed.offset === other?.offset && sameSource(first.sourceOf(feed.storage!), second.sourceOf(other.storage!));
    if (isSame) return;
    throw hiddenState(
      `another captured tensor ${signatureOf(feed)} in ${consumerOf(feed, first.graph)}`,
      'pass it to the step as an argument',
    );
  });
  const endings = ({ results, assignments, graph }: StepTrace) =>
    [...results, ...assignments.flatMap(({ value, parts }) => parts?.map((part) => part.value) ?? [value])]
      .map((value) => graph.names.get(value) ?? 'leaf')
      .join();
  if (
    endings(first) !== endings(second) ||
    first.assignments.some(({ variable }, index) => variable !== second.assignments[index]?.variable)
  ) {
    throw hiddenState(
      'other results or other assigned variables',
      'let the step return and assign the same things every time',
    );
  }
}

function assertSameNodes(first: CollectedGraph, second: CollectedGraph): void {
  const length = Math.max(first.nodes.length, second.nodes.length);
  for (let index = 0; index < length; index++) {
    const a = first.nodes[index];
    const b = second.nodes[index];
    const sameInputs = a?.inputs.every((input, slot) => nameIn(first, input) === nameIn(second, b?.inputs[slot]));
    if (a !== undefined && b !== undefined && sameOperation(a, b) && sameInputs) continue;
    const names = [a, b].map((node) =>
      node === undefined ? 'nothing' : `${node.kernel} ${signatureOf(node.outputs[0]!)}`,
    );
    throw hiddenState(
      `${names[0]} in the first trace and ${names[1]} in the second`,
      'let nothing but the arguments decide which ops run; pass numbers that change as scalar tensors',
    );
  }
}

function assertSameConstant(first: Value, second: Value | undefined, graph: CollectedGraph): void {
  const a = elementsOf(first);
  const b = second === undefined ? undefined : elementsOf(second);
  const at =
    b === undefined ? 0 : a.findIndex((element: number | bigint, index: number) => !Object.is(element, b[index]));
  if (at < 0) return;
  throw hiddenState(
    `the constant ${signatureOf(first)} of ${consumerOf(first, graph)} with ${a[at]} in the first trace and ${b?.[at]} in the second`,
    'pass random numbers and numbers that change from call to call to the step as tensors',
  );
}

function consumerOf(value: Value, { nodes, names }: CollectedGraph): string {
  const name = names.get(value);
  const consumer = nodes.find(({ inputs }) => inputs.some((input) => input !== undefined && names.get(input) === name));
  return consumer === undefined ? 'the result' : `${consumer.kernel} ${signatureOf(consumer.outputs[0]!)}`;
}

function nameIn({ names }: CollectedGraph, value: Value | undefined): string | undefined {
  return value === undefined ? undefined : names.get(value);
}

export function sameSource(a: LeafSource, b: LeafSource): boolean {
  if (a.kind === 'input') return b.kind === 'input' && a.index === b.index;
  if (a.kind === 'variable') return b.kind === 'variable' && a.variable === b.variable;
  return b.kind === 'captured' && a.storage === b.storage;
}

function hiddenState(got: string, remedy: string): OnnxBackendError {
  return new OnnxBackendError({ where: 'compile', requirement: 'two traces of a step must be equal', got, remedy });
}
