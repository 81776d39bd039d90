import { createPatchGrid, createRng, maskBatch, randomMasking } from '@semmae/masking';

const context = { grid: createPatchGrid(4, 4), progress: 0 };
const rng = createRng(1);
const { batchSize, masked } = maskBatch([1, 2].map(() => randomMasking().sample(context, rng)));

show(JSON.stringify({ batchSize, masked: [...masked] }));

function show(text) {
  if (globalThis.document) document.querySelector('pre').textContent = text;
  else console.log(text); // the built file also runs without a page
}
