// Names the structure of a graph: equal for two graphs exactly when one session can run both.

import type { CollectedGraph } from './collect-graph';
import { type AttributeValue, elementsOf, type GraphNode, type Value } from './value';

export function structuralKey({ nodes, feeds, literals, outputs, names }: CollectedGraph): string {
  const key: string[] = [];
  for (const feed of feeds) key.push(signatureOf(feed));
  for (const literal of literals) key.push(signatureOf(literal), elementsOf(literal).join());
  for (const node of nodes) {
    key.push(node.operator, attributesKey(node.attributes), `${node.outputs.length}`);
    for (const input of node.inputs) key.push(input === undefined ? '-' : names.get(input)!);
  }
  key.push('>');
  for (const output of outputs) key.push(names.get(output)!);
  return key.join(' ');
}

/** Two nodes do the same to their inputs. */
export function sameOperation(a: GraphNode, b: GraphNode): boolean {
  return sameOperator(a, b) && a.outputs.every((output, slot) => signatureOf(output) === signatureOf(b.outputs[slot]!));
}

/** The same, whatever the shapes. */
export function sameOperator(a: GraphNode, b: GraphNode): boolean {
  return (
    a.operator === b.operator &&
    a.domain === b.domain &&
    a.inputs.length === b.inputs.length &&
    a.outputs.length === b.outputs.length &&
    attributesKey(a.attributes) === attributesKey(b.attributes)
  );
}

/** Element type and shape. */
export function signatureOf({ type, shape }: Value): string {
  return `${type}[${shape.join()}]`;
}

const attributeKeys = new WeakMap<object, string>();

function attributesKey(attributes: Readonly<Record<string, AttributeValue>>): string {
  let key = attributeKeys.get(attributes);
  if (key === undefined) {
    // JSON has no infinities
    key = JSON.stringify(attributes, (_, value) =>
      typeof value === 'number' && !Number.isFinite(value) ? `${value}` : value,
    );
    attributeKeys.set(attributes, key);
  }
  return key;
}
