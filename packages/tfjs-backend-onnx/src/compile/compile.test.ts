import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { noise } from '../__fixtures__/on-both-backends';
import { recordGraphs } from '../__fixtures__/record-graphs';
import { compile, type TensorGroup } from './compile';

type Step = (...inputs: TensorGroup[]) => TensorGroup;

/** Two layers trained by AdamW written out; learning rate and bias correction come in as scalars. */
function createModel() {
  const weights = [tf.variable(noise([5, 7], { low: -0.5, high: 0.5 })), tf.variable(noise([7, 3], { seed: 2 }))];
  const moments = weights.map(
    (weight) => [tf.variable(tf.zerosLike(weight)), tf.variable(tf.zerosLike(weight))] as const,
  );
  const step: Step = (...groups) => {
    const [{ inputs, targets }, { rate, correction }] = groups as [
      Record<string, tf.Tensor>,
      Record<string, tf.Tensor>,
    ];
    const { value, grads } = tf.variableGrads(() => {
      const hidden = tf.tanh(tf.matMul(inputs!, weights[0]!));
      return tf.mean(tf.squaredDifference(tf.matMul(hidden, weights[1]!), targets!)) as tf.Scalar;
    }, weights);
    weights.forEach((weight, index) => {
      const [first, second] = moments[index]!;
      const gradient = grads[weight.name]!;
      first.assign(tf.add(tf.mul(first, 0.9), tf.mul(gradient, 0.1)));
      second.assign(tf.add(tf.mul(second, 0.95), tf.mul(tf.square(gradient), 0.05)));
      const update = tf.div(tf.mul(first, correction!), tf.add(tf.sqrt(second), 1e-8));
      weight.assign(tf.sub(tf.sub(weight, tf.mul(weight, tf.mul(rate!, 0.05))), tf.mul(update, rate!)));
    });
    return { loss: value };
  };
  const dispose = () => tf.dispose([...weights, ...moments.flat()]);
  return { weights, step, dispose };
}

function train(compiler: (step: Step) => Step, steps: number): { losses: number[]; weights: number[] } {
  const { weights, step, dispose } = createModel();
  const compiled = compiler(step);
  const losses = Array.from({ length: steps }, (_, index) =>
    tf.tidy(() => {
      const batch = { inputs: noise([11, 5], { seed: index }), targets: noise([11, 3], { seed: index + 100 }) };
      const scalars = { rate: tf.scalar(0.1 / (index + 1)), correction: tf.scalar(1 / (1 - 0.9 ** (index + 1))) };
      return (compiled(batch, scalars) as Record<string, tf.Tensor>).loss!.dataSync()[0]!;
    }),
  );
  const values = weights.flatMap((weight) => Array.from(weight.dataSync()));
  dispose();
  return { losses, weights: values };
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (value, index) => Math.abs(value - b[index]!)));
}

describe('compile', () => {
  it('replays ten AdamW steps as the step itself would have run them', () => {
    const eager = train(
      (step) =>
        (...inputs) =>
          tf.tidy(() => step(...inputs)),
      10,
    );
    const replayed = train(compile, 10);
    // the same operators in another graph, optimized differently: a few float32 roundings over ten steps
    expect(distance(replayed.losses, eager.losses)).toBeLessThan(1e-5);
    expect(distance(replayed.weights, eager.weights)).toBeLessThan(1e-5);
    expect(replayed.losses.at(-1)!).toBeLessThan(replayed.losses[0]!);
  });

  it('runs the step only to trace it, twice for each signature, into one graph', () => {
    let calls = 0;
    const step = compile((x) => {
      calls += 1;
      return tf.mul(x as tf.Tensor, 2);
    });
    const graphs = recordGraphs(() => {
      for (let index = 0; index < 3; index++) tf.tidy(() => step(tf.ones([3])));
      expect(calls).toBe(2);
      for (let index = 0; index < 3; index++) tf.tidy(() => step(tf.ones([5])));
      expect(calls).toBe(4);
    });
    expect(graphs).toHaveLength(2);
  });

  it('keeps the number of tensors but for what it returns', () => {
    const { step, dispose } = createModel();
    const compiled = compile(step);
    const batch = { inputs: noise([11, 5]), targets: noise([11, 3]) };
    const scalars = { rate: tf.scalar(0.1), correction: tf.scalar(1) };
    const before = tf.memory().numTensors;
    for (let index = 1; index <= 4; index++) {
      compiled(batch, scalars);
      expect(tf.memory().numTensors).toBe(before + index); // one loss each
    }
    dispose();
    tf.dispose([batch, scalars]);
  });

  it('takes variables as they are at each call, and leaves alone what shares their past values', () => {
    const weight = tf.variable(tf.tensor1d([1, 2]));
    const step = compile((x) => {
      const result = tf.mul(weight, x as tf.Tensor);
      weight.assign(tf.add(weight, 1) as tf.Tensor1D);
      return result;
    });
    const x = tf.scalar(10);
    const call = () => Array.from(tf.tidy(() => (step(x) as tf.Tensor).dataSync()));
    expect(call()).toEqual([10, 20]);
    const snapshot = tf.clone(weight); // [2, 3]
    const pending = tf.mul(weight, 1); // not computed yet
    const read = weight.dataSync();
    expect(call()).toEqual([20, 30]);
    expect(call()).toEqual([30, 40]);
    expect(Array.from(snapshot.dataSync())).toEqual([2, 3]);
    expect(Array.from(pending.dataSync())).toEqual([2, 3]);
    expect(Array.from(read)).toEqual([2, 3]);
    const other = tf.tensor1d([7, 8]);
    weight.assign(other);
    expect(call()).toEqual([70, 80]);
    expect(call()).toEqual([80, 90]);
    expect(Array.from(other.dataSync())).toEqual([7, 8]);
    tf.dispose([weight, snapshot, pending, other, x]);
  });

  it('hands through inputs, variables and captured tensors as new tensors', () => {
    const captured = tf.tensor1d([5]);
    const weight = tf.variable(tf.tensor1d([6]));
    const step = compile((x) => ({ x: x as tf.Tensor, captured, weight, sum: tf.add(captured, weight) }));
    const x = tf.tensor1d([4]);
    const outputs = [step(x), step(x)] as Record<string, tf.Tensor>[];
    for (const output of outputs) {
      expect(['x', 'captured', 'weight', 'sum'].map((name) => output[name]!.dataSync()[0])).toEqual([4, 5, 6, 11]);
      tf.dispose(output);
    }
    captured.dispose(); // the graph keeps what it captured
    const again = step(x) as Record<string, tf.Tensor>;
    expect(again.sum!.dataSync()[0]).toBe(11);
    tf.dispose([again, weight, x]);
  });

  it('takes a step that computes nothing', () => {
    const x = tf.tensor1d([4, 5]);
    const step = compile((input) => input);
    for (let time = 0; time < 2; time++)
      expect(tf.tidy(() => Array.from((step(x) as tf.Tensor).dataSync()))).toEqual([4, 5]);
    x.dispose();
  });

  it('runs a first step that makes variables once, as it is', () => {
    const weight = tf.variable(tf.tensor1d([3, -2]));
    const reference = tf.variable(tf.tensor1d([3, -2]));
    const loss = (variable: tf.Variable) => () => tf.sum(tf.square(variable)) as tf.Scalar;
    const optimizers = [tf.train.adam(0.1), tf.train.adam(0.1)] as const;
    const step = compile(() => optimizers[0].minimize(loss(weight), true, [weight])!);
    for (let index = 0; index < 5; index++) {
      tf.tidy(() => step());
      optimizers[1].minimize(loss(reference), false, [reference]);
      expect(distance(weight.dataSync(), reference.dataSync())).toBeLessThan(1e-6);
    }
    for (const optimizer of optimizers) optimizer.dispose();
    tf.dispose([weight, reference]);
  });

  it('names the kernel that consumes hidden randomness', () => {
    const weight = tf.variable(tf.tensor1d([1, 2]));
    const step = compile((x) => {
      weight.assign(tf.mul(weight, 2) as tf.Tensor1D);
      return tf.mul(x as tf.Tensor, tf.randomUniform([2]));
    });
    const x = tf.tensor1d([1, 2]);
    const before = tf.memory().numTensors;
    expect(() => step(x)).toThrow(
      /compile: two traces of a step must be equal, got the constant float32\[2\] of Multiply float32\[2\] with 0\.\d+ .* and 0\.\d+/,
    );
    expect(Array.from(weight.dataSync())).toEqual([1, 2]); // as if nothing had happened
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([weight, x]);
  });

  it('refuses numbers that the host computes for each call, and ops that come and go', () => {
    let count = 0;
    const x = tf.tensor1d([1, 2]);
    expect(() => compile((x) => tf.leakyRelu(x as tf.Tensor, 0.1 * ++count))(x)).toThrow(/LeakyRelu/);
    expect(() => compile((x) => (++count % 2 === 0 ? tf.exp(x as tf.Tensor) : tf.log(x as tf.Tensor)))(x)).toThrow(
      /Exp|Log/,
    );
    x.dispose();
  });

  it('refuses to read inside a step, and leaves the variables as they were', () => {
    const weight = tf.variable(tf.tensor1d([1, 2]));
    const before = tf.memory().numTensors;
    const step = compile(() => {
      weight.assign(tf.mul(weight, 2) as tf.Tensor1D);
      return tf.scalar(weight.dataSync()[0]!);
    });
    expect(() => step()).toThrow(
      'a compiled step must not read a tensor (dataSync, data, array, print), got a read of a float32 tensor of shape [2] made by Multiply',
    );
    expect(Array.from(weight.dataSync())).toEqual([1, 2]);
    expect(tf.memory().numTensors).toBe(before);
    weight.dispose();
  });

  it('takes variables and captured tensors that live on another backend', () => {
    tf.setBackend('cpu');
    const weight = tf.variable(tf.tensor1d([1, 2]));
    const captured = tf.tensor1d([10, 20]);
    tf.setBackend('onnx');
    const step = compile(() => {
      weight.assign(tf.mul(weight, 2) as tf.Tensor1D);
      return tf.add(weight, captured);
    });
    expect([1, 2].map(() => Array.from(tf.tidy(() => (step() as tf.Tensor).dataSync())))).toEqual([
      [12, 24],
      [14, 28],
    ]);
    tf.dispose([weight, captured]);
  });

  it('says so when a tensor that was kept inside is read', () => {
    let kept: tf.Tensor | undefined;
    const step = compile((x) => {
      kept = tf.keep(tf.mul(x as tf.Tensor, 2));
      return tf.mul(kept, 3);
    });
    const x = tf.scalar(1);
    expect(tf.tidy(() => (step(x) as tf.Tensor).dataSync()[0])).toBe(6);
    expect(() => kept!.dataSync()).toThrow('tensors made inside a compiled step exist only if the step returns them');
    tf.dispose([x, kept!]);
  });

  it('says which variable is gone', () => {
    const weight = tf.variable(tf.scalar(2), true, 'short-lived');
    const step = compile((x) => tf.mul(x as tf.Tensor, weight));
    const x = tf.scalar(1);
    tf.tidy(() => step(x));
    weight.dispose();
    expect(() => step(x)).toThrow('got the disposed variable short-lived');
    x.dispose();
  });

  it('just runs the step on other backends', () => {
    tf.setBackend('cpu');
    let calls = 0;
    const step = compile((x) => {
      calls += 1;
      return tf.mul(x as tf.Tensor, 2);
    });
    expect(tf.tidy(() => [1, 2].map((value) => (step(tf.scalar(value)) as tf.Tensor).dataSync()[0]))).toEqual([2, 4]);
    expect(calls).toBe(2);
    tf.setBackend('onnx');
  });
});
