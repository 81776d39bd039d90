// Tensors in memory as a file of them, and the weights of a small ViT in the names of MAE, DINO and timm.

import type { TensorFile } from '../../tensors/tensor-file';
import type { TensorType } from '../../tensors/tensor-types';

export interface MemoryTensor {
  shape: number[];
  dtype?: TensorType;
  /** Default: each value is the place of the tensor in the file plus its own place in hundredths. */
  values?: Float32Array;
}

export function memoryFile(
  tensors: Readonly<Record<string, MemoryTensor | number[]>>,
  { container = 'pytorch', extras = {}, metadata = {} }: Partial<Pick<TensorFile, 'container' | 'extras' | 'metadata'>> = {},
): TensorFile & { readNames: string[] } {
  const all = Object.entries(tensors).map(([name, tensor]) => [name, Array.isArray(tensor) ? { shape: tensor } : tensor] as const);
  const readNames: string[] = [];
  return {
    ...{ path: 'weights.pth', container, metadata, extras, readNames },
    entries: new Map(all.map(([name, { shape, dtype = 'F32' }]) => [name, { shape, dtype }])),
    async read(name) {
      readNames.push(name);
      const place = all.findIndex(([other]) => other === name);
      const { shape, values } = all[place]![1];
      const size = shape.reduce((product, extent) => product * extent, 1);
      return values ?? Float32Array.from({ length: size }, (_, at) => place + at / 100);
    },
    close() {},
  };
}

/** Width 8, hidden width 20, patches of 2 × 2 pixels, 5 × 5 positions after the class token's. */
export function smallViT({ depth = 2, prefix = '' } = {}): Record<string, number[]> {
  const block = (index: number) => ({
    [`blocks.${index}.norm1.weight`]: [8],
    [`blocks.${index}.norm1.bias`]: [8],
    [`blocks.${index}.attn.qkv.weight`]: [24, 8],
    [`blocks.${index}.attn.qkv.bias`]: [24],
    [`blocks.${index}.attn.proj.weight`]: [8, 8],
    [`blocks.${index}.attn.proj.bias`]: [8],
    [`blocks.${index}.norm2.weight`]: [8],
    [`blocks.${index}.norm2.bias`]: [8],
    [`blocks.${index}.mlp.fc1.weight`]: [20, 8],
    [`blocks.${index}.mlp.fc1.bias`]: [20],
    [`blocks.${index}.mlp.fc2.weight`]: [8, 20],
    [`blocks.${index}.mlp.fc2.bias`]: [8],
  });
  const names: Record<string, number[]> = {
    cls_token: [1, 1, 8],
    pos_embed: [1, 26, 8],
    'patch_embed.proj.weight': [8, 3, 2, 2],
    'patch_embed.proj.bias': [8],
    ...Object.assign({}, ...Array.from({ length: depth }, (_, index) => block(index))),
    'norm.weight': [8],
    'norm.bias': [8],
  };
  return Object.fromEntries(Object.entries(names).map(([name, shape]) => [prefix + name, shape]));
}
