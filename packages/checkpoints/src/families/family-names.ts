// The families of public checkpoints, by where their layout comes from.

export const familyNames = [
  'mae',
  'semmae',
  'ibot',
  'dino',
  'dinov2',
  'deit',
  'beit',
  'timm',
  'hf-vit',
  'hf-vit-mae',
  'hf-deit',
  'hf-beit',
  'hf-dinov2',
] as const;

export type FamilyName = (typeof familyNames)[number];
