// Student and teacher of a recipe.

import { ProjectionHead, ViTEncoder, type ViTEncoderConfig } from '@semmae/vit';

import type { DistillationNetwork } from './distillation-network';
import type { SelfDistillationRecipe } from './self-distillation-recipe';

export interface RecipeNetworks {
  student: DistillationNetwork;
  teacher: DistillationNetwork;
}

/**
 * Both from the same numbers; only the student has a mask token, if the recipe masks or `encoder` asks for one. `encoder` replaces
 * single settings. The names tell their weights apart in checkpoints and saved models.
 */
export function recipeNetworks(
  { encoder: sizes, head, views, masking }: SelfDistillationRecipe,
  { seed = 0, encoder = {} }: { seed?: number; encoder?: Partial<ViTEncoderConfig> } = {},
): RecipeNetworks {
  const { dropPath: _drawnInTraining, ...shape } = sizes;
  const image = { imageHeight: views.globalSize, imageWidth: views.globalSize };
  const network = (who: string, maskToken: boolean): DistillationNetwork => {
    const built = new ViTEncoder({ ...image, ...shape, seed, name: `${who}_encoder`, ...encoder, maskToken });
    return {
      encoder: built,
      head: new ProjectionHead({ ...head, inputWidth: built.width, seed: seed + 1, name: `${who}_head` }),
    };
  };
  return {
    student: network('student', encoder.maskToken ?? masking !== undefined),
    teacher: network('teacher', false),
  };
}
