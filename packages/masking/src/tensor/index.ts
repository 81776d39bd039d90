// Masks as TensorFlow.js tensors: gathering, restoring, mask tokens and the loss. The one entry that touches tfjs.

export { gatherMasked, gatherVisible } from './gather-tokens';
export { type MaskTensors, type MaskTensorsOptions, maskTensors } from './mask-tensors';
export { type MeanOverMaskedOptions, meanOverMasked } from './mean-over-masked';
export { maskedPresence, visiblePresence } from './presence';
export { replaceWithMaskToken } from './replace-with-mask-token';
export { restoreTokens } from './restore-tokens';
