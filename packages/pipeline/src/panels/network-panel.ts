// What a network in training makes of a few images, whatever the method.

import { createRng } from '@semmae/core';
import { applyViewToPatches } from '@semmae/data';
import { patchMaskOfHidden } from '@semmae/masking';
import { attentionPicture, maskPicture, type Picture, partPicture, softMaskPicture } from '@semmae/report';
import {
  type MaskNetwork,
  recipeMasking,
  type SelfDistillationRecipe,
  softMaskReader,
  viewMasking,
} from '@semmae/train';
import { classAttention, type MAEDecoder, type ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

import type { MaskedImageRecipe } from '../recipes/masked-image-recipe';
import type { Masking } from '../recipes/masking-of';
import { isAdversarialRecipe, isMaskedImageRecipe, type PretrainRecipe } from '../recipes/pretrain-recipe';
import { drawMasks, maskPictures } from './draw-masks';
import { type Panel, type PanelColumn, type PanelImage, type PanelPixels, panelOf } from './panel';
import { borrowedStatistics, reconstruct } from './reconstruct';

export interface NetworkInTraining {
  /** Of self-distillation the teacher's. */
  encoder: ViTEncoder;
  /** Of MAE and SemMAE. */
  decoder?: MAEDecoder;
  /** Of ADIOS. */
  masks?: MaskNetwork;
}

export interface NetworkPanelOptions extends PanelPixels {
  recipe: PretrainRecipe;
  /** At the size of the views, with `patchParts` where masks are guided. */
  images: readonly PanelImage[];
  /** Of MAE and SemMAE; for self-distillation in place of that of the recipe. */
  masking?: Masking;
  /** Names the masks, which are the same at every call but for what the schedule changes. */
  seed: number;
}

/** Draws from no stream of the training. `progress`: share of the training that is done. */
export function networkPanel(
  options: NetworkPanelOptions,
): (network: NetworkInTraining, progress: number) => Promise<Panel> {
  const { recipe, masking } = options;
  if (isMaskedImageRecipe(recipe)) {
    return (network, progress) => reconstructionPanel({ ...options, recipe, masking: masking! }, network, progress);
  }
  if (isAdversarialRecipe(recipe)) return (network) => softMaskPanel(options, network);
  return (network, progress) =>
    attentionPanel({ ...options, recipe: recipe as SelfDistillationRecipe }, network, progress);
}

async function reconstructionPanel(
  {
    images,
    masking,
    recipe,
    seed,
    statistics,
    showBands,
  }: NetworkPanelOptions & { recipe: MaskedImageRecipe; masking: Masking },
  { encoder, decoder }: NetworkInTraining,
  progress: number,
): Promise<Panel> {
  const { keptShare, normalizePixels } = recipe;
  const { grid } = encoder;
  const masks = drawMasks(images, { masking, keptShare, grid, progress, rng: createRng(seed).split('panel') });
  const columns: PanelColumn[] = [{ title: 'masked', pictures: maskPictures(images, masks, { grid }) }];
  if (masking.guidance === 'parts') columns.unshift({ title: 'parts', pictures: partPictures(images, grid) });
  if (decoder !== undefined) {
    const pictures: Picture[] = [];
    for (const [index, image] of images.entries()) {
      pictures.push(
        await reconstruct(image, masks[index]!, { encoder, decoder, normalizePixels, statistics, showBands }),
      );
    }
    columns.push({ title: 'reconstruction', pictures });
  }
  const notes = [
    'Gray patches are hidden from the encoder; the decoder predicts them.',
    ...(keptShare < 1 ? ['Dark blue patches are not used: neither seen nor predicted.'] : []),
    ...(normalizePixels ? [`In the reconstruction ${borrowedStatistics}.`] : []),
  ];
  return panelOf(images, columns, notes.join(' '));
}

/** Part maps on the grid of the network, background gray. */
export function partPictures(images: readonly PanelImage[], grid: ViTEncoder['grid']): (Picture | null)[] {
  return images.map(({ image, view, picture }) => {
    if (image.patchParts === undefined) return null;
    const { grid: sourceGrid, labels } = image.patchParts;
    const sizes = { sourceHeight: image.height, sourceWidth: image.width, sourceGrid, targetGrid: grid };
    const { height, width } = picture;
    return partPicture({ height, width, grid, labels: applyViewToPatches(labels, view, sizes), image: picture });
  });
}

async function attentionPanel(
  { images, masking, recipe, seed }: NetworkPanelOptions & { recipe: SelfDistillationRecipe },
  { encoder }: NetworkInTraining,
  progress: number,
): Promise<Panel> {
  const { grid } = encoder;
  const output = tf.tidy(() =>
    classAttention(encoder.encode(stacked(images), { attention: true }).attention!.at(-1)!, encoder.prefix),
  );
  const attention = await output.data<'float32'>(); // [B · N]
  output.dispose();
  const rowOf = <Values extends Float32Array | Uint8Array>(values: Values, index: number) =>
    values.subarray(index * grid.patchCount, (index + 1) * grid.patchCount) as Values;
  const columns: PanelColumn[] = [
    {
      title: 'attention',
      pictures: images.map(({ picture }, index) =>
        attentionPicture({
          ...{ height: picture.height, width: picture.width, grid, image: picture },
          attention: rowOf(attention, index),
        }),
      ),
    },
  ];
  const notes = ['Attention of the class token of the teacher in its last block, bright where it looks most.'];
  const ofViews = masking ? viewMasking(masking) : recipe.masking && recipeMasking(recipe.masking);
  if (ofViews !== undefined) {
    const context = { grid, viewCount: images.length, progress, attention };
    const hidden = Uint8Array.from(ofViews.sample(context, createRng(seed).split('panel')));
    columns.push({
      title: 'masked',
      pictures: images.map(({ picture: image }, index) =>
        maskPicture({ image, grid, masked: patchMaskOfHidden(rowOf(hidden, index)).masked }),
      ),
    });
    notes.push('Gray patches are hidden from the student; many recipes leave some views whole.');
  }
  return panelOf(images, columns, notes.join(' '));
}

async function softMaskPanel({ images }: NetworkPanelOptions, { masks }: NetworkInTraining): Promise<Panel> {
  if (masks === undefined) return panelOf(images, []);
  const input = stacked(images);
  const { values, maskCount } = await softMaskReader(masks)(input);
  input.dispose();
  const columns = Array.from({ length: maskCount }, (_, mask) => ({
    title: `mask ${mask + 1}`,
    pictures: images.map(({ picture: image }, index) => {
      const length = image.height * image.width;
      const begin = (index * maskCount + mask) * length;
      return softMaskPicture({ image, mask: values.subarray(begin, begin + length) });
    }),
  }));
  return panelOf(images, columns, 'Each learned mask hides what is gray; together the masks cover every pixel once.');
}

/** [B, H, W, channels] */
function stacked(images: readonly PanelImage[]): tf.Tensor4D {
  const { height, width } = images[0]!.picture;
  return tf.tidy(
    () =>
      tf.stack(images.map(({ image, pixels }) => tf.tensor3d(pixels, [height, width, image.channels]))) as tf.Tensor4D,
  );
}
