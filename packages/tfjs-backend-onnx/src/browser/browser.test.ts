import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

import '../__fixtures__/on-both-backends';
import type { PageReport } from '../__fixtures__/browser-page';
import { findChromium, openPage } from '../__fixtures__/chromium';
import { servePage } from '../__fixtures__/page-server';
import { fitLayersModel, trainMaskedAutoencoder, trainPerceptron } from '../__fixtures__/training-runs';
import { compile } from '../compile/compile';

const page = fileURLToPath(new URL('../__fixtures__/browser-page.ts', import.meta.url));
const steps = 10;

it('trains in a browser with the losses of Node', async (context) => {
  const chromium = findChromium();
  if (chromium === undefined) {
    console.warn('skipped: no Chromium on PATH; CHROME_PATH can name one');
    return context.skip('no Chromium');
  }
  const { runs, isIsolated, early, late } = await answerOfPage(chromium);
  expect(isIsolated).toBe(true); // else wasm has one thread
  expect(early).toMatch(/^OnnxBackendError: dataSync: .* float32 tensor of shape \[\] .* `await tensor\.data\(\)`/);
  expect(late).toBe(6);

  const expected = [
    await trainPerceptron(compile, steps),
    await trainMaskedAutoencoder(compile, steps),
    await fitLayersModel(1),
  ];
  for (const [provider, actual] of Object.entries(runs)) {
    if (provider === 'webgpu' && typeof actual === 'string') {
      console.warn(`not tested: WebGPU in this browser: ${actual}`);
      continue;
    }
    if (typeof actual === 'string') expect.fail(actual);
    actual.forEach(({ losses }, run) => {
      expect(losses).toHaveLength(expected[run]!.losses.length);
      // float32 sums in another order, over ten steps of Adam
      losses.forEach((loss, index) => {
        expect(Math.abs(loss - expected[run]!.losses[index]!)).toBeLessThan(1e-4);
      });
    });
  }
}, 60_000); // a software device on a busy machine

async function answerOfPage(chromium: string): Promise<PageReport> {
  const server = await servePage(page);
  const browser = openPage(chromium, `${server.url}?steps=${steps}`);
  try {
    const answer = (await server.answer) as PageReport | { error: string };
    if ('error' in answer) expect.fail(answer.error);
    return answer;
  } finally {
    await browser.close();
    server.close();
  }
}
