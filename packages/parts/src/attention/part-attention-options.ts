// The options of Eq. 1-2, their defaults and rules.

import { assertInteger, assertOneOf, type PatchGrid, SemmaeError } from '@semmae/core';

import type { SoftmaxAxis } from '../maps/attention-maps';

/** `xavier`: uniform. `heads`: gate i starts open on the i-th of P equal channel blocks, for query/key tokens. */
export type GateInitialization = 'xavier' | 'heads';

export interface PartAttentionOptions {
  /** Width C of class and patch tokens. */
  channels: number;
  /** P. Default 6, the heads of ViT-Small (SemMAE §4.1). */
  partCount?: number;
  /** Width h of the gates' hidden layer. Default C. */
  hiddenWidth?: number;
  /** Width d of the projection W_p. Default C. */
  projectionWidth?: number;
  /** Factor on the logits. Default 1 / sqrt(d): the paper's bare product saturates the softmax on normalized tokens. */
  temperature?: number;
  /** Trains the factor, in log space and within [1 / (4 sqrt(d)), 4 / sqrt(d)], from `temperature` on. Default false. */
  learnTemperature?: boolean;
  /** Default 'positions'. */
  softmaxAxis?: SoftmaxAxis;
  /** One W_p for both sides, as in Eq. 2. Default true. */
  shareProjection?: boolean;
  /** Default 'xavier'. */
  gateInitialization?: GateInitialization;
  /** Gain of the Xavier gates, > 0. Default 1; 2 starts the parts further apart. Not with 'heads'. */
  gateGain?: number;
  /** A trained bias before the sigmoid of Eq. 1; the paper has none. Default: only with 'heads', which needs it. */
  gateBias?: boolean;
  /** Size of that bias at the start with 'heads', > 0. Default 4: sigmoid(4) = 0.98 on a head's channels, 0.02 elsewhere. */
  headGateBias?: number;
  /** Grid of the patch tokens; needed with `mapGrid`. */
  grid?: PatchGrid;
  /** Grid of the maps. Default: that of the tokens. A finer one interpolates the logits bilinearly before the softmax. */
  mapGrid?: PatchGrid;
}

export type CheckedPartAttentionOptions = Required<Omit<PartAttentionOptions, 'grid' | 'mapGrid'>> &
  Pick<PartAttentionOptions, 'grid' | 'mapGrid'>;

const where = 'partAttention';

/** Fills in defaults; throws a SemmaeError for what does not fit together. */
export function checkPartAttentionOptions(options: PartAttentionOptions): CheckedPartAttentionOptions {
  const { channels, gateInitialization = 'xavier' } = options;
  const heads = gateInitialization === 'heads';
  const { partCount = 6, hiddenWidth = channels, projectionWidth = channels, gateGain = 1, headGateBias = 4 } = options;
  const { softmaxAxis = 'positions', shareProjection = true, gateBias = heads, learnTemperature = false } = options;
  for (const [name, value] of Object.entries({ channels, partCount, hiddenWidth, projectionWidth })) {
    assertInteger(where, name, value);
  }
  const temperature = options.temperature ?? 1 / Math.sqrt(projectionWidth);
  for (const [name, value] of Object.entries({ temperature, gateGain, headGateBias })) assertPositive(name, value);
  assertOneOf(where, 'softmaxAxis', softmaxAxis, ['positions', 'parts']);
  assertOneOf(where, 'gateInitialization', gateInitialization, ['xavier', 'heads']);
  if (heads) checkHeads(options, { channels, partCount, projectionWidth });
  else refuse(options.headGateBias !== undefined, "headGateBias needs gateInitialization 'heads'", gateInitialization);
  refuse(options.mapGrid !== undefined && options.grid === undefined, 'mapGrid needs grid beside it', 'none');
  const { grid, mapGrid } = options;
  refuse(
    mapGrid !== undefined && (mapGrid.rows < grid!.rows || mapGrid.columns < grid!.columns),
    `mapGrid must be at least the grid of the tokens, ${grid?.rows}x${grid?.columns}`,
    `${mapGrid?.rows}x${mapGrid?.columns}`,
    'resample the finished maps with resamplePartAttention',
  );
  return {
    ...{ channels, partCount, hiddenWidth, projectionWidth, temperature, learnTemperature, softmaxAxis },
    ...{ shareProjection, gateInitialization, gateGain, gateBias, headGateBias, grid, mapGrid },
  };
}

function checkHeads(
  { gateBias, gateGain }: PartAttentionOptions,
  { channels, partCount, projectionWidth }: { channels: number; partCount: number; projectionWidth: number },
): void {
  refuse(gateBias === false, "gateInitialization 'heads' needs gateBias", false);
  refuse(gateGain !== undefined, "gateGain needs gateInitialization 'xavier'", 'heads');
  if (channels % partCount === 0 && projectionWidth === channels) return;
  throw new SemmaeError({
    where,
    requirement: "gateInitialization 'heads' needs channels divisible by partCount and projectionWidth = channels",
    got: `channels ${channels}, partCount ${partCount}, projectionWidth ${projectionWidth}`,
    remedy: "use as many parts as the encoder has heads, or 'xavier'",
  });
}

function assertPositive(name: string, value: number): void {
  refuse(!(value > 0 && Number.isFinite(value)), `${name} must be positive`, value);
}

function refuse(wrong: boolean, requirement: string, got: unknown, remedy?: string): void {
  if (wrong) throw new SemmaeError({ where, requirement, got, remedy });
}
