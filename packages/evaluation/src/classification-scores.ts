// What logits are worth against labels.

export interface ClassificationScores {
  /** Fraction classified correctly, in [0, 1]. */
  accuracy: number;
  /** Fraction whose class is among the five largest logits; only with more than five classes. */
  top5Accuracy?: number;
  /** Mean cross-entropy in nats. */
  crossEntropy: number;
  /** The class of the largest logit for each row; of equals the lowest. */
  predictions: Int32Array;
}

/** Judges `logits` [n · C] row by row, in double precision. */
export function scoreLogits(logits: Float32Array, labels: ArrayLike<number>, classCount: number): ClassificationScores {
  const predictions = new Int32Array(labels.length);
  let [correct, amongFive] = [0, 0];
  let crossEntropy = 0;
  for (let row = 0; row < labels.length; row++) {
    const scores = logits.subarray(row * classCount, (row + 1) * classCount);
    const best = Math.max(...scores);
    const logSum = best + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - best), 0));
    predictions[row] = scores.indexOf(best);
    correct += predictions[row] === labels[row] ? 1 : 0;
    amongFive += isAmongFive(scores, labels[row]!) ? 1 : 0;
    crossEntropy += logSum - scores[labels[row]!]!;
  }
  return {
    accuracy: correct / labels.length,
    ...(classCount > 5 && { top5Accuracy: amongFive / labels.length }),
    crossEntropy: crossEntropy / labels.length,
    predictions,
  };
}

/** Whether fewer than five classes come before `label`: larger scores, and of equal ones the lower classes. */
export function isAmongFive(scores: ArrayLike<number>, label: number): boolean {
  let before = 0;
  for (let other = 0; other < scores.length; other++) {
    const [score, own] = [scores[other]!, scores[label]!];
    if (score > own || (score === own && other < label)) before++;
  }
  return before < 5;
}
