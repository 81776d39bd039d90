import { createPatchGrid } from '@semmae/core';
import { borderLikenessSaliency, borderPathSaliency, otsuThreshold, resamplePartAttention } from '@semmae/parts';
import { describe, expect, it } from 'vitest';

import { tinyData, tinyModel } from '../__fixtures__/tiny';
import { encodeFeatures } from '../features/encode-features';
import { createLearner, type PartsModel } from '../models/parts-file';
import { partsConfig } from '../stages/parts-config';
import { createPredictor } from './create-predictor';
import { defaultBackground } from './encoder-saliency';
import type { PredictorOptions } from './predictor-options';

const encoder = tinyModel();
const data = tinyData(3);
const grid = createPatchGrid(5, 7);

function partsOf(options: Partial<Parameters<typeof partsConfig>[0]>): PartsModel {
  const config = partsConfig({ encoder, partCount: 3, decoder: 'tiny', decoderStages: 0, ...options });
  const provenance = { data: 'none', imageCount: 0, steps: 0, batchSize: 1 };
  return { learner: createLearner(config), config, provenance, hash: 'cd'.repeat(32) };
}

async function predictFirst(options: Partial<PredictorOptions>) {
  const predictor = await createPredictor({ method: 'learned', encoder, training: data, ...options });
  const [found] = await predictor.predict([await data.get(0)]);
  predictor.dispose();
  return { ...found!, settings: predictor.settings };
}

const tokensOf = async (tokens: 'output' | 'qk') =>
  (await encodeFeatures(encoder, data, { tokens })).features[0]!.patchTokens;

/** 0 where Otsu's threshold leaves `saliency` out. */
const cut = (parts: Uint8Array, saliency: Float32Array) =>
  parts.map((part, patch) => (saliency[patch]! < otsuThreshold(saliency) ? 0 : part));

describe('background by the border', () => {
  it.each([
    ['border-path', borderPathSaliency],
    ['border-likeness', borderLikenessSaliency],
  ] as const)('%s cuts the saliency of the tokens, whatever the method', async (background, saliencyOf) => {
    const keys = saliencyOf({ tokens: await tokensOf('qk'), channels: 12, grid });
    const output = saliencyOf({ tokens: await tokensOf('output'), channels: 12, grid });
    const cases: [Partial<PredictorOptions>, Float32Array][] = [
      [{ method: 'learned', parts: partsOf({ tokens: 'qk', softmaxAxis: 'parts' }) }, keys],
      [{ method: 'learned', parts: partsOf({}) }, output],
      [{ method: 'k-means', tokens: 'qk' }, keys],
      [{ method: 'attention-heads' }, output],
      [{ method: 'grid' }, output],
      [{ method: 'color' }, output],
    ];
    for (const [options, saliency] of cases) {
      const { parts, foreground, settings, ...found } = await predictFirst({ ...options, background });
      // encoded in a batch of another size
      for (const [patch, score] of found.saliency!.entries()) expect(score).toBeCloseTo(saliency[patch]!, 4);
      expect(parts).toEqual(cut(foreground, found.saliency!));
      expect(foreground).not.toContain(0);
      expect(settings).toMatchObject({ background, hasBackground: true });
      expect(found.attention).not.toEqual(found.saliency);
    }
  });

  it('is brought to the grid of the maps', async () => {
    const options = { gridRoute: 'upsample-map' } as const;
    const { saliency } = await predictFirst({ method: 'k-means', background: 'border-path', ...options });
    const onTokens = borderPathSaliency({ tokens: await tokensOf('output'), channels: 12, grid });
    const toGrid = createPatchGrid(10, 14);
    const wanted = resamplePartAttention({ attention: onTokens, partCount: 1, fromGrid: grid, toGrid });
    for (const [patch, score] of saliency!.entries()) expect(score).toBeCloseTo(wanted[patch]!, 4);
  });

  it('is the default where the class token was never trained', async () => {
    const provenance = { ...encoder.provenance!, role: 'encoder' };
    expect(['teacher', 'encoder'].map((role) => defaultBackground({ provenance: { ...provenance, role } }))).toEqual([
      'otsu',
      'border-path',
    ]);
    expect(defaultBackground(undefined)).toBe('otsu');
    const { settings } = await predictFirst({ method: 'grid', encoder: { ...encoder, provenance } });
    expect(settings.background).toBe('border-path');
    expect((await predictFirst({ method: 'grid' })).settings.background).toBe('otsu');
  });

  it('is the default without a class token, whose attention is refused', async () => {
    const without = tinyModel({ classToken: false, registers: 2 });
    const found = await predictFirst({ method: 'k-means', encoder: without });
    expect(found.settings.background).toBe('border-path');
    expect(found.attention).toBeUndefined();
    expect(found.saliency!.length).toBe(35);
    const parts = partsOf({ encoder: without, softmaxAxis: 'parts', classToken: 'mean' });
    expect((await predictFirst({ encoder: without, parts })).parts.length).toBe(35);
    for (const options of [
      { method: 'k-means', background: 'otsu' },
      { method: 'attention-heads' },
      { parts, background: 'otsu' },
    ] as const) {
      await expect(predictFirst({ encoder: without, ...options })).rejects.toThrow(
        /^parts, method [a-z-]+: [^\n]+ needs the attention of a class token, got an encoder without one; choose [^\n]+$/,
      );
    }
    without.encoder.dispose();
  });

  it('is refused by another name', async () => {
    await expect(predictFirst({ method: 'grid', background: 'border' as 'otsu' })).rejects.toThrow(
      /`background` must be one of otsu, mass, uniform, border-part, none, border-path, border-likeness, got border/,
    );
  });
});
