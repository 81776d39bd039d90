// Traces a step once and from then on replays its graph.

import { currentOnnxBackend } from '../current-onnx-backend';
import type { SessionCache } from '../runtime/session-cache';
import { assertSameTrace } from './compare-traces';
import { createPlan, type Plan } from './plan';
import { replay } from './replay';
import { buildGroup, flattenGroup, groupsSignature, type TensorGroup } from './tensor-group';
import { restoreVariables, traceStep } from './trace-step';

export type { TensorGroup } from './tensor-group';
export type TensorFunction = (...inputs: TensorGroup[]) => TensorGroup;

/**
 * A function with the same effect as `step`, which calls `step` only to trace it.
 *
 * `step` must be deterministic in its inputs, in tf.Variables and in tensors it captures: it is traced twice for each
 * signature of its inputs (shapes, dtypes, names), and the traces must agree. Variables it reads are looked up at every
 * call and variables it assigns are updated; other captured tensors are captured by reference and kept. Host values inside
 * the step (numbers, arrays) become constants. Results are new tensors that belong to the caller.
 *
 * Throws an OnnxBackendError, naming the kernel, when the traces differ (hidden randomness, a number computed by the host
 * for each call), and when the step reads a tensor. On a tfjs backend that is not this package's, it just runs the step.
 */
export function compile<F extends TensorFunction>(step: F): F {
  const plansOfSessions = new WeakMap<SessionCache, Map<string, Plan>>(); // each backend has a cache of its own
  const compiled = (...inputs: TensorGroup[]): TensorGroup => {
    const current = currentOnnxBackend('compile');
    if (current === undefined || current.trace !== undefined) return step(...inputs);
    const plans = plansOfSessions.get(current.runner.sessions) ?? new Map<string, Plan>();
    plansOfSessions.set(current.runner.sessions, plans);
    const groups = inputs.map(flattenGroup);
    const signature = groupsSignature(groups);
    const known = plans.get(signature);
    const tensors = groups.flatMap((group) => group.tensors);
    if (known !== undefined) return buildGroup(known.outputNames, replay(current, known, tensors));

    const first = traceStep(current, step, groups);
    restoreVariables(current, first);
    if (first.created.length > 0) {
      // A first call that makes variables (optimizer slots) is not the step that will be replayed: run it once as it is.
      const plan = createPlan(current, first);
      const results = replay(current, plan, tensors);
      plan.session.release();
      return buildGroup(plan.outputNames, results);
    }
    const second = traceStep(current, step, groups);
    restoreVariables(current, second);
    assertSameTrace(first, second);
    const plan = createPlan(current, first);
    plans.set(signature, plan);
    return buildGroup(plan.outputNames, replay(current, plan, tensors));
  };
  return compiled as F;
}
