// A public checkpoint as one architecture with its weights under canonical names.

import { SemmaeError } from '@semmae/core';

import type { TensorFile } from '../tensors/tensor-file';
import { type ArchitectureHints, decoderShape, encoderShape, headShapes } from './architecture';
import { composeWeights, foldRegisterPositions, publicWeight } from './composed-weight';
import { expectedWeights } from './expected-weights';
import type { FamilyName } from './family-names';
import { type Family, recognizeFamily } from './family-table';
import { findNetwork, labelOf, type Network } from './find-network';
import { hintsOf, normalizePixelsOf, recordOf } from './hints';
import { assertNoRotation, assertPlainViT } from './plain-vit';
import { isSinCos } from './position-kind';
import { preprocessingOf } from './preprocessing-of';
import type { LoadReport, PositionInterpolation, PublicModel, ViTArchitecture } from './public-model';
import { leaveOutSharedPrototypes } from './shared-prototypes';
import { type Allowed, isAllowed, strictReport } from './strict-report';
import { canonicalName } from './weight-names';

export interface ReadPublicModelOptions {
  /** Default: recognized by the names of the weights. */
  family?: FamilyName;
  /** Of several networks in the file, a word of the path of one: 'student', 'model_ema'. Default: the teacher, or the only one. */
  network?: string;
  /** Attention heads. Default: what a configuration says, else one for 64 columns; ViT-H, -g and -G are known. */
  heads?: number;
  /** Of the decoder. Default: what a configuration says, else one for 32 columns. */
  decoderHeads?: number;
  /** Of the position table, where it is no square and no configuration says it. */
  positionGrid?: { rows: number; columns: number };
  /** How positions get to other grids. Default: as the family does it; 'recompute' needs sines and cosines (MAE, SemMAE). */
  positionInterpolation?: PositionInterpolation;
  /** Epsilon of the layer norms. Default: what a configuration says, but 1e-6 for the 1e-12 of transformers; 1e-5 for CLIP's, else 1e-6. */
  normEpsilon?: number;
  /** What may be missing or left over, by canonical name or the beginning of one; anything else of that kind is an error. */
  allow?: Allowed;
  /** The content of a `config.json` of transformers or timm. */
  config?: unknown;
  /** The content of a `preprocessor_config.json` of transformers. */
  preprocessor?: unknown;
}

/**
 * Reads what a file of weights is: a ViT with its configuration, its weights by canonical name, and what became of each tensor. Of
 * values only the position table is read; the others follow when a weight is read.
 *
 * Throws a SemmaeError of one line for a file without a ViT, of several, of another family than the one that is asked for, and for
 * weights that are missing, left over or of other shapes.
 */
export async function readPublicModel(file: TensorFile, options: ReadPublicModelOptions = {}): Promise<PublicModel> {
  const { path } = file;
  const network = findNetwork(file, options.network);
  assertPlainViT(path, network.names.keys());
  const tensors = canonicalTensors(file, network);
  const weights = composeWeights(tensors);
  const leftOut = [...network.others, ...(await leaveOutSharedPrototypes(file, weights))];

  const hints: ArchitectureHints = { ...hintsOf(file, options.config), ...definedOf(options) };
  const { architecture, prefixRows } = encoderShape(path, weights, hints, options.allow?.missing);
  assertNoRotation(path, architecture.mlp, tensors.keys());
  const decoder = decoderShape(path, weights, architecture, hints);
  const heads = headShapes(path, weights, architecture.width);
  foldRegisterPositions(weights, architecture, prefixRows);
  const expected = expectedWeights(architecture, decoder, heads);
  const report = strictReport(path, { weights, expected, leftOut, allowed: options.allow });

  const readable = new Map(
    [...expected.keys()].flatMap((name) => {
      const weight = weights.get(name);
      return weight === undefined ? [] : [[name, publicWeight(file, weight)] as const];
    }),
  );
  const { positionGrid: grid, width } = architecture;
  const table = readable.get('pos_embed')!;
  const rows = table.shape[1]!;
  const sinCos = isSinCos(await table.read(), grid, { prefixRows: rows - grid.rows * grid.columns, width });
  const positions = sinCos ? 'sin-cos' : 'learned';
  const modelType = recordOf(options.config).model_type;
  const { name, family, recognizedBy } = recognizeFamily(
    path,
    {
      naming: network.naming,
      has: (pattern) => [...tensors.keys(), ...weights.keys()].some((one) => pattern.test(one)),
      hasOriginal: (pattern) => [...network.names.keys()].some((one) => pattern.test(one)),
      top: (key) => key in file.extras || [...file.entries.keys()].some((one) => one.startsWith(`${key}.`)),
      ...{ network: labelOf(network.prefix), container: file.container, positions, rows },
      modelType: typeof modelType === 'string' ? modelType : undefined,
    },
    options.family,
  );
  const { preprocessing, notes } = preprocessingOf(family, architecture, { ...options, metadata: file.metadata });
  return {
    path,
    family: name,
    recognizedBy,
    network: labelOf(network.prefix),
    encoder: {
      ...architecture,
      ...{ positions, positionInterpolation: interpolationOf(path, positions, family, architecture, options) },
    },
    ...(decoder === undefined ? {} : { decoder, normalizePixels: normalizePixelsOf(file, options.config) }),
    heads,
    preprocessing,
    weights: readable,
    report,
    notes: [...architectureNotes(options, hints, architecture), ...notes, ...idleAllowances(report, options.allow)],
  };
}

function interpolationOf(
  path: string,
  positions: ViTArchitecture['positions'],
  { positionInterpolation, interpolationWithRegisters }: Family,
  { registers }: Pick<ViTArchitecture, 'registers'>,
  { positionInterpolation: asked }: ReadPublicModelOptions,
): PositionInterpolation {
  if (asked === 'recompute' && positions === 'learned') {
    const requirement = 'positions must be sines and cosines to be computed anew';
    throw new SemmaeError({
      where: path,
      requirement,
      got: 'learned ones',
      remedy: 'choose another positionInterpolation',
    });
  }
  return asked ?? (registers === undefined ? undefined : interpolationWithRegisters) ?? positionInterpolation;
}

/** What was allowed and did not occur: a name may be misspelled. */
function idleAllowances(report: LoadReport, allow: Allowed = {}): string[] {
  const idle = (kind: 'missing' | 'unexpected', what: string) =>
    (allow[kind] ?? [])
      .filter((one) => !report[kind].some((name) => isAllowed(name, [one])))
      .map((one) => `nothing of the name ${one} is ${what}, though it may be`);
  return [...idle('missing', 'missing'), ...idle('unexpected', 'left over')];
}

function architectureNotes(
  { config, normEpsilon }: ReadPublicModelOptions,
  { heads }: ArchitectureHints,
  architecture: Pick<ViTArchitecture, 'heads' | 'preNorm' | 'classToken' | 'qkvBias' | 'finalNorm'>,
): string[] {
  const replaced = recordOf(config).layer_norm_eps === 1e-12 && normEpsilon === undefined;
  return [
    ...(heads === undefined ? [`${architecture.heads} heads are assumed by the width: no configuration says it`] : []),
    ...(replaced
      ? ['layer norms have epsilon 1e-6: 1e-12 in config.json is a default that no published ViT was trained with']
      : []),
    ...(config === undefined ? traceless(architecture) : []),
  ];
}

/** What some models with the same weights do otherwise; only a configuration tells them apart. */
function traceless({
  preNorm,
  classToken,
  qkvBias,
  finalNorm,
}: Pick<ViTArchitecture, 'preNorm' | 'classToken' | 'qkvBias' | 'finalNorm'>): string[] {
  const quick = 'the activation is taken for the exact GELU: the weights of CLIP by OpenAI want quick GELU';
  const after =
    "norms are taken to come before attention and MLP: timm's vit_*_rpn has them behind, under the same names";
  return [
    ...(preNorm ? [quick] : []),
    ...(classToken === false && qkvBias === false && finalNorm === 'pooled' ? [after] : []),
  ];
}

function canonicalTensors({ path, entries }: TensorFile, { names, naming }: Network) {
  const tensors = new Map<string, { source: string; shape: readonly number[] }>();
  for (const [local, source] of names) {
    const name = canonicalName(local, naming);
    const other = tensors.get(name)?.source;
    if (other !== undefined) {
      throw new SemmaeError({ where: path, requirement: `${name} must be there once`, got: `${other} and ${source}` });
    }
    tensors.set(name, { source, shape: entries.get(source)!.shape });
  }
  return tensors;
}

function definedOf({ heads, decoderHeads, positionGrid, normEpsilon }: ReadPublicModelOptions) {
  const given = Object.entries({ heads, decoderHeads, positionGrid, normEpsilon });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
