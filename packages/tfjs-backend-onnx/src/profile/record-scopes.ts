// Notes for every traced node in which named scope of the program it came into being.

import { engine } from '@tensorflow/tfjs-core';

import type { Recorder } from '../graph/emit';
import type { Scope } from '../graph/value';

/** What has a name and computes when `call` is called, as a tfjs layer. */
export interface NamedLayer {
  readonly name: string;
  call(...inputs: never[]): unknown;
}

type Engine = ReturnType<typeof engine>;
type TapeNode = NonNullable<Engine['state']['activeTape']>[number];

/** Names that tfjs itself gives to scopes. */
const ownNames = new Set(['unnamed scope', 'forward', 'backward']);
const isOwnName = (name: string) => ownNames.has(name) || name.endsWith('__op');

/**
 * Runs `run` while nodes are marked with the scopes around them: `tf.tidy(name, …)`, and each of `layers` under its name. Scopes
 * inside scopes make a path, 'encoder/block 0'.
 *
 * Gradients belong to the scope of the op they are the gradient of: when a scope ends, the gradient functions that it left on
 * tfjs's tape are wrapped to open it again. tfjs adds up several gradients of one tensor outside of all that, so these additions go
 * to the scope around the call of tf.grads or minimize.
 */
export function recordScopes<T>(recorder: Recorder, layers: Iterable<NamedLayer>, run: () => T): T {
  const tfjs = engine();
  const inScope = createScopes(tfjs, recorder);
  const restore = [watchTidy(tfjs, inScope), ...[...layers].map((layer) => watchLayer(layer, inScope))];
  try {
    return run();
  } finally {
    for (const undo of restore) undo();
    recorder.scope = undefined;
  }
}

/** Enters a scope, and gives back how to leave it. */
type OpenScope = (name: string | undefined) => () => void;

function createScopes(tfjs: Engine, recorder: Recorder): OpenScope {
  const wrapped = new WeakSet<TapeNode>();
  const change = (scope: Scope | undefined): (() => void) => {
    const outer = recorder.scope;
    recorder.scope = scope;
    return () => {
      recorder.scope = outer;
    };
  };
  const within = <T>(scope: Scope, compute: () => T): T => {
    const leave = change(scope);
    try {
      return compute();
    } finally {
      leave();
    }
  };
  const wrap = (node: TapeNode, { path }: Scope) => {
    const { gradient } = node;
    if (gradient === undefined || wrapped.has(node)) return; // an inner scope has it
    wrapped.add(node);
    const scope: Scope = { path, isGradient: true };
    node.gradient = (dys) =>
      Object.fromEntries(
        Object.entries(within(scope, () => gradient(dys))).map(([input, compute]) => [
          input,
          () => within(scope, compute),
        ]),
      );
  };
  return (name) => {
    if (name === undefined || (isOwnName(name) && name !== 'backward')) return () => undefined;
    const isGradient = name === 'backward' || recorder.scope?.isGradient === true;
    const path = isOwnName(name)
      ? (recorder.scope?.path ?? '')
      : [recorder.scope?.path, name].filter(Boolean).join('/');
    const scope: Scope = { path, isGradient };
    const tape = tfjs.state.activeTape;
    const start = tape?.length ?? 0;
    const leave = change(scope);
    return () => {
      leave();
      const { activeTape, gradientDepth } = tfjs.state;
      if (gradientDepth === 0 || isGradient) return;
      for (const node of activeTape.slice(activeTape === tape ? start : 0)) wrap(node, scope);
    };
  };
}

/** tf.tidy goes through these two methods of the engine, with its name. */
function watchTidy(tfjs: Engine, open: OpenScope): () => void {
  const { startScope, endScope } = tfjs;
  const leaves: (() => void)[] = [];
  tfjs.startScope = (name) => {
    leaves.push(open(name ?? undefined));
    startScope.call(tfjs, name);
  };
  tfjs.endScope = (result) => {
    endScope.call(tfjs, result);
    leaves.pop()?.();
  };
  return () => {
    tfjs.startScope = startScope;
    tfjs.endScope = endScope;
  };
}

function watchLayer(layer: NamedLayer, open: OpenScope): () => void {
  const { call } = layer;
  layer.call = (...inputs) => {
    const leave = open(layer.name);
    try {
      return call.apply(layer, inputs);
    } finally {
      leave();
    }
  };
  return () => {
    layer.call = call;
  };
}
