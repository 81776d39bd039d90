import { imageNetStatistics } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { memoryFile, smallViT } from './__fixtures__/memory-file';
import { type ReadPublicModelOptions, readPublicModel } from './read-public-model';

async function preprocessingOf(options: ReadPublicModelOptions = {}) {
  const { preprocessing, notes } = await readPublicModel(memoryFile(smallViT()), { heads: 2, ...options });
  return { ...preprocessing, notes };
}

const half = { mean: [0.5, 0.5, 0.5], standardDeviation: [0.25, 0.25, 0.25] };

describe('preprocessing', () => {
  it("is the family's where nothing says it, and a note says so", async () => {
    expect(await preprocessingOf()).toEqual({
      ...imageNetStatistics,
      imageSize: { height: 10, width: 10 },
      framing: { interpolation: 'bicubic', cropFraction: 0.875 },
      notes: ["preprocessing is that of the family's published models: no file beside the weights says it"],
    });
  });

  it('is that of preprocessor_config.json: both sides resized, or the shorter one and a crop', async () => {
    const colors = { image_mean: [0.5, 0.5, 0.5], image_std: [0.25, 0.25, 0.25] };
    const of = (preprocessor: object) => preprocessingOf({ preprocessor: { ...colors, ...preprocessor } });
    expect(await of({ size: { height: 14, width: 22 }, resample: 2 })).toEqual({
      ...half,
      imageSize: { height: 14, width: 22 },
      framing: { interpolation: 'bilinear' },
      notes: ['preprocessing is from preprocessor_config.json'],
    });
    const crop = { do_center_crop: true, crop_size: { height: 14, width: 14 } };
    expect(await of({ size: { shortest_edge: 16 }, ...crop, resample: 3 })).toMatchObject({
      imageSize: { height: 14, width: 14 },
      framing: { interpolation: 'bicubic', cropFraction: 0.875 },
    });
    expect((await of({ size: { shortest_edge: 16 } })).framing).toEqual({ interpolation: 'bicubic', cropFraction: 1 });
    expect((await of({ size: 16, ...crop })).notes.at(-1)).toMatch('keep their proportions');
    expect((await of({ size: 16, ...crop, do_center_crop: false })).imageSize).toEqual({ height: 16, width: 16 });
  });

  it("is that of timm's config.json", async () => {
    const pretrained = { input_size: [3, 10, 10], mean: half.mean, std: half.standardDeviation, crop_pct: 0.9 };
    const of = (more: object) => preprocessingOf({ config: { pretrained_cfg: { ...pretrained, ...more } } });
    expect(await of({ interpolation: 'bilinear' })).toEqual({
      ...half,
      imageSize: { height: 10, width: 10 },
      framing: { interpolation: 'bilinear', cropFraction: 0.9 },
      notes: ['preprocessing is from config.json'],
    });
    expect((await of({ crop_mode: 'squash' })).framing).toEqual({ interpolation: 'bicubic' });
    expect((await of({ interpolation: 'nearest' })).notes.at(-1)).toBe(
      'images are resized bicubic, not by the filter nearest, which is not there',
    );
  });
});
