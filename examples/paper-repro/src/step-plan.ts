// A budget of steps as whole passes over the images at hand, so that a preset takes as long on 400 photographs as on 4,000.

export interface StepPlan {
  /** The preset's, or all images where there are fewer. */
  batchSize: number;
  stepsPerEpoch: number;
  epochs: number;
  /** `epochs * stepsPerEpoch`, about the budget. */
  totalSteps: number;
}

/** Rounds `steps` to whole passes; a data set too large for one pass is cut short after `steps`. */
export function planSteps(budget: { imageCount: number; batchSize: number; steps: number }): StepPlan {
  const batchSize = Math.min(budget.batchSize, budget.imageCount);
  const stepsPerEpoch = Math.min(Math.floor(budget.imageCount / batchSize), budget.steps);
  const epochs = Math.max(1, Math.round(budget.steps / stepsPerEpoch));
  return { batchSize, stepsPerEpoch, epochs, totalSteps: epochs * stepsPerEpoch };
}
