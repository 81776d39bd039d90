// Two small classifiers, as one writes them with tfjs-layers. Seeds make every backend begin with the same weights.

import { initializers, layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';

import { classCount, side } from './digits';

export const modelNames = ['convolutional', 'dense'] as const;
export type ModelName = (typeof modelNames)[number];

export function createModel(name: ModelName): Sequential {
  const model = sequential({ layers: name === 'convolutional' ? convolutional() : dense() });
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

function convolutional() {
  return [
    layers.conv2d({
      filters: 16,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      inputShape: [side, side, 1],
      kernelInitializer: weights(1),
    }),
    layers.batchNormalization(),
    layers.conv2d({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu', kernelInitializer: weights(2) }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    layers.dropout({ rate: 0.25, seed: 3 }),
    layers.dense({ units: 64, activation: 'relu', kernelInitializer: weights(4) }),
    layers.dense({ units: classCount, activation: 'softmax', kernelInitializer: weights(5) }),
  ];
}

function dense() {
  return [
    layers.flatten({ inputShape: [side, side, 1] }),
    layers.dense({ units: 256, activation: 'relu', kernelInitializer: weights(1) }),
    layers.dense({ units: 256, activation: 'relu', kernelInitializer: weights(2) }),
    layers.dense({ units: classCount, activation: 'softmax', kernelInitializer: weights(3) }),
  ];
}

function weights(seed: number) {
  return initializers.glorotUniform({ seed });
}
