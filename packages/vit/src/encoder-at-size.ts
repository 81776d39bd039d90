// An encoder whose position table is that of one image size, as files for other programs want it.

import * as tf from '@tensorflow/tfjs-core';

import { patchPositions, positionTable } from './positions/position-table';
import { ViTEncoder } from './vit-encoder';

/**
 * A copy of `encoder` for images of this size in pixels: the rows of its `pos_embed` are what `encoder` interpolates or recomputes
 * for their grid. Both give the same tokens. The copy is called 'encoder', and is the caller's to dispose.
 */
export function encoderAtSize(encoder: ViTEncoder, size: { height: number; width: number }): ViTEncoder {
  const config = encoder.getConfig();
  const grid = encoder.gridOf(size.height, size.width);
  const table = positionTable(encoder.name, encoder.grid, config);
  const copy = new ViTEncoder({
    ...{ ...config, name: 'encoder' },
    ...{ imageHeight: size.height, imageWidth: size.width, positionGrid: { rows: grid.rows, columns: grid.columns } },
  });
  encoder.variables(); // builds it
  copy.variables();
  const weights = encoder.namedVariables();
  for (const [name, variable] of copy.namedVariables()) {
    tf.tidy(() => {
      const weight = weights.get(name)!;
      if (name !== 'pos_embed') return variable.assign(tf.clone(weight as tf.Tensor));
      const ofPrefix = tf.slice(weight as tf.Tensor3D, [0, 0, 0], [1, table.prefixRows, encoder.width]);
      variable.assign(tf.concat([ofPrefix, patchPositions(weight as tf.Tensor3D, table, grid)], 1));
    });
  }
  return copy;
}
