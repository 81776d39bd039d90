// A student and a teacher whose axes are all different: N = 6 patches, D = 12, E = 7.

import type { ViTEncoderConfig } from '@semmae/vit';

import { type RecipeNetworks, recipeNetworks } from '../recipe-networks';
import { colorRecipe } from './color-views';

/** 8 x 12 pixels in patches of 4. Free them with `disposeNetworks`. */
export function tinyNetworks(seed = 3, options: Partial<ViTEncoderConfig> = {}): RecipeNetworks {
  const head = { hiddenWidth: 11, bottleneckWidth: 5, prototypes: 7, normalizeLastLayer: false };
  return recipeNetworks({ ...colorRecipe, head }, { seed, encoder: { imageHeight: 8, imageWidth: 12, ...options } });
}

export function disposeNetworks({ student, teacher }: RecipeNetworks): void {
  for (const layer of [student.encoder, student.head, teacher.encoder, teacher.head]) if (layer.built) layer.dispose();
}
