// A whole self-distillation run from a recipe and a function that makes views.

import type { ViTEncoder, ViTEncoderConfig } from '@semmae/vit';
import { train } from '../../loop/train';
import type { RunOptions, TrainOptions, TrainResult } from '../../loop/train-options';
import { adamW } from '../../optimizers/adamw';
import { clipEachGradient } from '../../step/clip-each-gradient';
import { freezeAtFirst } from '../../step/freeze-at-first';
import { type CollapseDetectorOptions, collapseDetector } from './collapse-detector';
import type { DistillationBatch } from './distillation-batch';
import { distillationBatches } from './distillation-batches';
import { prototypeVariables } from './distillation-network';
import { type PixelViews, viewTensors } from './pixel-views';
import { recipeMasking } from './recipe-masking';
import { type RecipeNetworks, recipeNetworks } from './recipe-networks';
import { recipeSchedules } from './recipe-schedules';
import { restorationDecoder } from './restoration-decoder';
import { selfDistillationObjective } from './self-distillation-objective';
import {
  type SelfDistillationRecipe,
  type SelfDistillationRecipeName,
  selfDistillationRecipe,
} from './self-distillation-recipe';
import { teacherAverage } from './teacher-average';
import { teacherPass } from './teacher-pass';
import type { ViewMasking } from './view-masking/view-masking';

export interface TrainSelfDistillationOptions
  extends RunOptions,
    Pick<TrainOptions<DistillationBatch>, 'accumulationSteps'> {
  recipe: SelfDistillationRecipe | SelfDistillationRecipeName;
  /** Updates of the weights in an epoch: images / batch size. */
  stepsPerEpoch: number;
  /** The views of a batch; like `batch` of `train` it must depend on the two indices alone. */
  views: (epoch: number, batchInEpoch: number) => PixelViews | Promise<PixelViews>;
  /** Settings of the encoder that differ from the recipe's. */
  encoder?: Partial<ViTEncoderConfig>;
  /** Models of your own, such as pre-trained ones, in place of those of the recipe; they stay yours to dispose. */
  networks?: RecipeNetworks;
  /** A view masking of your own in place of the recipe's; of `networks` the student's encoder then needs a mask token. */
  masking?: ViewMasking;
  /** Weights, masks and drop path. Default 0. */
  seed?: number;
  /** Thresholds of the collapse detector, or false for none. Default: from the end of the warm-up on, over an epoch and at least 100 steps. */
  collapse?: Partial<CollapseDetectorOptions> | false;
}

export interface SelfDistillationResult extends TrainResult {
  /** The model to use: the teacher's encoder, which is the average of the student's. The caller's to dispose. */
  teacher: ViTEncoder;
}

/**
 * Trains a student and its teacher as the recipe says, writes and resumes as `train` does, and stops with a SemmaeError at a
 * collapse. Everything but the teacher's encoder is freed.
 *
 * References: Caron et al., https://arxiv.org/abs/2104.14294; Zhou et al., https://arxiv.org/abs/2111.07832
 */
export async function trainSelfDistillation(options: TrainSelfDistillationOptions): Promise<SelfDistillationResult> {
  const { stepsPerEpoch, accumulationSteps = 1, seed = 0, compile, onProgress, configuration = {} } = options;
  const recipe = typeof options.recipe === 'string' ? selfDistillationRecipe(options.recipe) : options.recipe;
  const schedules = recipeSchedules(recipe, stepsPerEpoch);
  const completed = (epoch: number, batchInEpoch: number) =>
    epoch * stepsPerEpoch + Math.floor(batchInEpoch / accumulationSteps);

  const maskToken = options.masking !== undefined || recipe.masking !== undefined;
  const { student, teacher } =
    options.networks ?? recipeNetworks(recipe, { seed, encoder: { maskToken, ...options.encoder } });
  const masking = options.masking ?? (recipe.masking && recipeMasking(recipe.masking));
  const { width, patchSize, channels } = student.encoder;
  const restoration = recipe.restorationWeight
    ? {
        decoder: restorationDecoder({ width, patchSize, channels, seed }),
        weight: recipe.restorationWeight,
      }
    : undefined;
  const objective = selfDistillationObjective({ student, ...recipe, restoration });
  const movingAverage = teacherAverage({ student, teacher, momentum: schedules.momentum });
  const pass = teacherPass({
    teacher,
    patches: recipe.patchWeight > 0,
    attention: masking?.guidance === 'attention',
    compile,
  });
  const optimizer = adamW({
    variables: objective.variables(),
    beta2: recipe.beta2,
    weightDecay: schedules.weightDecay,
  });
  const detector =
    options.collapse === false
      ? undefined
      : collapseDetector({
          prototypes: student.head.prototypes,
          warmupSteps: schedules.warmupSteps,
          windowSteps: Math.max(100, stepsPerEpoch),
          ...options.collapse,
        });

  const own = options.networks === undefined;
  let finished = false;
  try {
    const result = await train<DistillationBatch>({
      ...options,
      objective,
      optimizer,
      movingAverage,
      state: pass.state,
      gradientTransforms: [
        clipEachGradient(recipe.clip),
        freezeAtFirst({ variables: prototypeVariables(student), steps: schedules.freezeSteps }),
      ],
      schedule: schedules.learningRate,
      epochs: recipe.epochs,
      batch: distillationBatches({
        student,
        pass,
        views: async (epoch, batchInEpoch) => viewTensors(recipe, await options.views(epoch, batchInEpoch), channels),
        moment: (epoch, batchInEpoch) => schedules.moment(completed(epoch, batchInEpoch)),
        progress: (epoch, batchInEpoch) => completed(epoch, batchInEpoch) / schedules.totalSteps,
        masking,
        dropPath: recipe.encoder.dropPath,
        seed,
      }),
      configuration: { recipe, seed, encoder: options.encoder, masking: masking?.name, ...configuration },
      async onProgress(progress) {
        await onProgress?.(progress);
        detector?.check(progress);
      },
    });
    finished = true;
    return { ...result, teacher: teacher.encoder };
  } finally {
    optimizer.dispose();
    pass.dispose();
    restoration?.decoder.dispose();
    if (own) for (const layer of [student.encoder, student.head, teacher.head]) layer.dispose();
    if (own && !finished) teacher.encoder.dispose();
  }
}
