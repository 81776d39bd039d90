import { createPatchGrid, randomMasking } from '@semmae/masking';
import { withMasks } from '@semmae/masking/pipeline';
import { gatherVisible, maskTensors } from '@semmae/masking/tensor';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

const context = { grid: createPatchGrid(4, 4), progress: 0 };
const batches = withMasks([{ indices: [5, 7] }], randomMasking(), {
  seed: 1,
  keysOf: ({ indices }) => indices,
  contextOf: () => context,
});
const answers = [];
for await (const { masks } of batches) {
  const patches = tf.reshape(tf.range(0, 2 * 16), [2, 16, 1]); // each is its own number
  const seen = gatherVisible(patches, maskTensors(masks)); // [2, 4, 1]
  answers.push({ visible: [...masks.visible], seen: [...(await seen.data())], shape: seen.shape });
}

document.querySelector('pre').textContent = JSON.stringify(answers);
