// What a file and its neighbors say about a model besides its weights.

import { SemmaeError } from '@semmae/core';

import type { TensorFile } from '../tensors/tensor-file';
import type { ArchitectureHints } from './architecture';

type JsonObject = Readonly<Record<string, unknown>>;

/** Of `config.json` (transformers or timm), of the metadata of a file in timm's names, and of the arguments of a training. */
export function hintsOf(file: Pick<TensorFile, 'path' | 'metadata' | 'extras'>, config: unknown): ArchitectureHints {
  const transformers = recordOf(config);
  assertGelu(file.path, transformers);
  const timm = recordOf(parsed(file.metadata.timm));
  const timmModel = recordOf(transformers.model_args);
  const pretrained = recordOf(transformers.pretrained_cfg);
  const training = recordOf(file.extras.args);
  const [, height, width] = Array.isArray(pretrained.input_size) ? (pretrained.input_size as unknown[]) : [];
  return {
    heads: firstNumber(transformers.num_attention_heads, timmModel.num_heads, timm.num_heads, training.num_heads),
    decoderHeads: firstNumber(transformers.decoder_num_attention_heads, training.decoder_num_heads),
    depth: firstNumber(transformers.num_hidden_layers, timm.depth),
    decoderDepth: firstNumber(transformers.decoder_num_hidden_layers),
    imageSize:
      sizeOf(transformers.image_size) ??
      sizeOf([height, width]) ??
      sizeOf(timm.img_size) ??
      sizeOf(training.input_size) ??
      sizeOf(training.img_size),
    normEpsilon: normEpsilonOf(transformers.layer_norm_eps),
  };
}

/** Whether a masked autoencoder predicts standardized patches; undefined where nothing says it. */
export function normalizePixelsOf({ extras }: Pick<TensorFile, 'extras'>, config: unknown): boolean | undefined {
  const said = recordOf(config).norm_pix_loss ?? recordOf(extras.args).norm_pix_loss;
  return typeof said === 'boolean' ? said : undefined;
}

export function recordOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** Configurations of transformers say 1e-12 by default, where the weights of all published ViTs were trained with 1e-6. */
function normEpsilonOf(value: unknown): number | undefined {
  const epsilon = firstNumber(value);
  return epsilon === 1e-12 ? 1e-6 : epsilon;
}

/** A side, or [height, width]. */
export function sizeOf(value: unknown): { height: number; width: number } | undefined {
  const [height, width] = Array.isArray(value) ? (value as unknown[]) : [value, value];
  return isCount(height) && isCount(width) ? { height, width } : undefined;
}

function firstNumber(...values: unknown[]): number | undefined {
  return values.find((value): value is number => typeof value === 'number' && value > 0);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

export function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined; // the metadata are free text: another program may have meant something else
  }
}

/** The activation is the one thing about a block that leaves no trace in its weights. */
function assertGelu(path: string, config: JsonObject): void {
  const activation = config.hidden_act ?? recordOf(config.model_args).act_layer ?? 'gelu';
  const architecture = typeof config.architecture === 'string' ? config.architecture : '';
  if (activation === 'gelu' && !architecture.includes('quickgelu')) return;
  const got = activation === 'gelu' ? architecture : activation;
  throw new SemmaeError({ where: path, requirement: 'its activation must be the exact GELU', got });
}
