// Orders patches by a score: the step between "how much does each patch matter" and "which ones are masked".

/** [N] patch indices from the highest to the lowest score; equal scores keep the lower index first. Scores hold no NaN. */
export function rankByScore(scores: ArrayLike<number>): Int32Array {
  const order = Int32Array.from({ length: scores.length }, (_, patch) => patch);
  // Comparisons, not a difference: two infinite scores would subtract to NaN.
  return order.sort((left, right) => {
    if (scores[left]! > scores[right]!) return -1;
    if (scores[left]! < scores[right]!) return 1;
    return left - right;
  });
}
