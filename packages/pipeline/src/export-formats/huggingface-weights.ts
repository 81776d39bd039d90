// Weights under the names that the library transformers gives them.

import { type MAEDecoder, sinCosPositions, type TimmWeight, timmWeights, type ViTEncoder } from '@semmae/vit';

/** How blocks are called: as in ViT, DeiT and ViTMAE, or as in DINOv2. */
export type BlockNaming = 'vit' | 'dinov2';

type Rule = readonly [pattern: RegExp, replacement: string];

const shared: readonly Rule[] = [
  [/^(cls_token)$/, 'embeddings.$1'],
  [/^dist_token$/, 'embeddings.distillation_token'],
  [/^reg_token$/, 'embeddings.register_tokens'],
  [/^masked_embed$/, 'embeddings.mask_token'],
  [/^pos_embed$/, 'embeddings.position_embeddings'],
  [/^patch_embed\.proj\./, 'embeddings.patch_embeddings.projection.'],
  [/^norm\./, 'layernorm.'],
  [/^blocks\.(\d+)\.attn\.proj\./, 'encoder.layer.$1.attention.output.dense.'],
  [/^blocks\.(\d+)\.attn\.(query|key|value)\./, 'encoder.layer.$1.attention.attention.$2.'],
];

const ofBlocks: Readonly<Record<BlockNaming, readonly Rule[]>> = {
  vit: [
    [/^blocks\.(\d+)\.norm1\./, 'encoder.layer.$1.layernorm_before.'],
    [/^blocks\.(\d+)\.norm2\./, 'encoder.layer.$1.layernorm_after.'],
    [/^blocks\.(\d+)\.mlp\.fc1\./, 'encoder.layer.$1.intermediate.dense.'],
    [/^blocks\.(\d+)\.mlp\.fc2\./, 'encoder.layer.$1.output.dense.'],
  ],
  dinov2: [
    [/^blocks\.(\d+)\.ls([12])\.gamma$/, 'encoder.layer.$1.layer_scale$2.lambda1'],
    [/^blocks\.(\d+)\./, 'encoder.layer.$1.'],
  ],
};

/** Of an encoder that `huggingFaceConfig` has a class for: what that class has besides is filled in so that it computes the same. */
export function huggingFaceEncoderWeights(encoder: ViTEncoder, naming: BlockNaming): Map<string, TimmWeight> {
  const { prefix, width, depth, patchBias, transformer } = encoder;
  const own = timmWeights(encoder);
  if (naming === 'vit') own.delete('masked_embed');
  else {
    for (const block of transformer.layerScale === undefined
      ? Array.from({ length: depth }, (_, index) => index)
      : []) {
      for (const branch of [1, 2]) own.set(`blocks.${block}.ls${branch}.gamma`, constant([width], 1));
    }
    if (!encoder.maskToken) own.set('masked_embed', constant([1, width], 0));
  }
  if (!patchBias) own.set('patch_embed.proj.bias', constant([width], 0));
  const unplaced = prefix.classPosition ? 0 : prefix.count - prefix.registers;
  if (unplaced > 0) own.set('pos_embed', withRows(own.get('pos_embed')!, unplaced));
  const rules = [...shared, ...ofBlocks[naming]];
  if (transformer.mlp === 'swiglu')
    rules.unshift([/\.mlp\.fc1\./, '.mlp.weights_in.'], [/\.mlp\.fc2\./, '.mlp.weights_out.']);
  return renamed(apart(own), rules);
}

/** Of the decoder of a masked autoencoder on the grid of its encoder, for which its fixed positions are computed anew. */
export function huggingFaceDecoderWeights(decoder: MAEDecoder, grid: ViTEncoder['grid']): Map<string, TimmWeight> {
  const own = timmWeights(decoder);
  if (decoder.grid.rows !== grid.rows || decoder.grid.columns !== grid.columns) {
    const values = sinCosPositions({ grid, width: decoder.width });
    own.set('decoder_pos_embed', { shape: [1, 1 + grid.patchCount, decoder.width], read: async () => values });
  }
  const blocks = ofBlocks.vit.concat(shared).map(([pattern, replacement]): Rule => {
    return [
      new RegExp(pattern.source.replace('^blocks', '^decoder_blocks')),
      replacement.replace('encoder.layer', 'decoder_layers'),
    ];
  });
  const names = renamed(apart(own), blocks);
  return new Map([...names].map(([name, weight]) => [`decoder.${name}`, weight]));
}

function constant(shape: readonly number[], value: number): TimmWeight {
  return { shape, read: async () => new Float32Array(shape.reduce((size, side) => size * side, 1)).fill(value) };
}

/** With zeros for tokens that have no position. */
function withRows({ shape, read }: TimmWeight, count: number): TimmWeight {
  const [, rows, width] = shape as [number, number, number];
  return {
    shape: [1, count + rows, width],
    async read() {
      const table = new Float32Array((count + rows) * width);
      table.set(await read(), count * width);
      return table;
    },
  };
}

/** Queries, keys and values, which lie below each other in `qkv`, each by itself. */
function apart(weights: ReadonlyMap<string, TimmWeight>): Map<string, TimmWeight> {
  const parts = ['query', 'key', 'value'];
  return new Map(
    [...weights].flatMap(([name, weight]) => {
      if (!name.includes('.attn.qkv.')) return [[name, weight] as const];
      const shape = [weight.shape[0]! / 3, ...weight.shape.slice(1)];
      const size = shape.reduce((product, side) => product * side, 1);
      return parts.map((part, index) => {
        const read = async () => (await weight.read()).subarray(index * size, (index + 1) * size);
        return [name.replace('.qkv.', `.${part}.`), { shape, read }] as const;
      });
    }),
  );
}

function renamed(weights: ReadonlyMap<string, TimmWeight>, rules: readonly Rule[]): Map<string, TimmWeight> {
  const nameOf = (name: string) =>
    rules.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), name);
  return new Map([...weights].map(([name, weight]) => [nameOf(name), weight]));
}
