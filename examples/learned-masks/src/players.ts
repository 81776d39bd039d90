// The two players: an encoder that learns to recognize images, and the network that hides what it goes by.

import { byol, type MaskNetwork, maskNetwork, type SiameseModel, simclr, simsiam, vitEmbedder } from '@semmae/train';
import { ViTEncoder } from '@semmae/vit';

import { imageSize } from './images';

export const modelNames = ['simclr', 'simsiam', 'byol'] as const;
export type ModelName = (typeof modelNames)[number];

export interface Players {
  model: SiameseModel;
  network: MaskNetwork;
  dispose(): void;
}

export interface PlayersOptions {
  model: ModelName;
  masks: number;
  seed: number;
  /** Rounds of the whole run. */
  steps: number;
}

/** Of embeddings. */
const width = 64;
const hiddenWidth = 128;

/** A vision transformer of 2 blocks and 48 channels over patches of 4 pixels; a U-Net of 8 and 16. ADIOS has a ResNet-18 or ViT-T and 32 and 64. */
export function createPlayers({ model, masks, seed, steps }: PlayersOptions): Players {
  const made: { dispose(): void }[] = [];
  const keep = <T extends { dispose(): void }>(one: T): T => {
    made.unshift(one);
    return one;
  };
  const embedder = (seedOfIt: number) => {
    const encoder = keep(
      new ViTEncoder({
        imageHeight: imageSize,
        imageWidth: imageSize,
        patchSize: 4,
        width: 48,
        depth: 2,
        heads: 3,
        seed: seedOfIt,
      }),
    );
    return keep(vitEmbedder({ encoder, hiddenWidth, width, seed: seedOfIt }));
  };
  const siamese: Record<ModelName, () => SiameseModel> = {
    simclr: () => simclr({ embedder: embedder(seed) }),
    simsiam: () => keep(simsiam({ embedder: embedder(seed), width, seed })),
    byol: () =>
      keep(byol({ embedder: embedder(seed), target: embedder(seed), width, hiddenWidth, totalSteps: steps, seed })),
  };
  return {
    model: siamese[model](),
    network: keep(maskNetwork({ imageHeight: imageSize, imageWidth: imageSize, maskCount: masks, baseWidth: 8, seed })),
    dispose() {
      for (const one of made) one.dispose();
    },
  };
}
