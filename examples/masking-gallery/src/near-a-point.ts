// A strategy of one's own, as the table shows it: scores for `userMasking`.

import type { UserMaskFunction } from '@semmae/masking';

/** [N] minus the distance of each patch to a random point of the grid: the highest scores are a disc around it. */
export const nearAPoint: UserMaskFunction = ({ grid: { rows, columns, patchCount } }, rng) => {
  const [y, x] = [rng.uniform() * rows - 0.5, rng.uniform() * columns - 0.5];
  return Float32Array.from(
    { length: patchCount },
    (_, patch) => -Math.hypot(Math.floor(patch / columns) - y, (patch % columns) - x),
  );
};
