import { createPatchGrid, createRng, maskBatch, randomMasking } from '@semmae/masking';

const context = { grid: createPatchGrid(4, 4), progress: 0 };
const rng = createRng(1);
const { batchSize, masked } = maskBatch([1, 2].map(() => randomMasking().sample(context, rng)));

document.querySelector('pre').textContent = JSON.stringify({ batchSize, masked: [...masked] });
