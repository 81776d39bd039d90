// Specs of tfjs-core that this backend does not run, each with its reason.

import type { OnnxProvider } from '../src/runtime/session-options';

export interface Exclusion {
  /** How the full names of the specs begin. */
  spec: string;
  reason: string;
  /** Left out: whatever the provider. */
  provider?: OnnxProvider;
}

const noNaN = "WGSL lets a driver assume that there is no NaN; SwiftShader's log, exp and pow do.";
const sine = 'the sine of a GPU has some five digits.';
const spectral = 'the tfjs CPU backend does it and reads the operands, which cannot wait for a queued run.';

export const exclusions: readonly Exclusion[] = [
  ...[
    'acosh onnx {} propagates NaNs',
    'acosh onnx {} NaN outside function domain',
    'asinh onnx {} propagates NaNs',
    'atanh onnx {} propagates NaNs',
    'atanh onnx {} NaN outside function domain',
    'log1p onnx {} log1p propagates NaNs',
    'log onnx {} log propagates NaNs',
    'log onnx {} negtive values',
    'logLoss onnx {} 1D - Check for negative values',
    'pow onnx {} negative base and fract exponent NaN',
    'sigmoid onnx {} propagates NaNs',
    'softmax onnx {} Propagates NaNs',
  ].map((spec) => ({ spec, reason: noNaN, provider: 'webgpu' as const })),
  { spec: 'cos onnx {} gradients: Scalar', reason: sine, provider: 'webgpu' },
  { spec: 'cos onnx {} gradient with clones', reason: sine, provider: 'webgpu' },
  { spec: 'tan onnx {} gradients: Tensor2D', reason: sine, provider: 'webgpu' },
  { spec: 'topk onnx {} negative infinity input', reason: 'its TopK begins at -FLT_MAX.', provider: 'webgpu' },
  { spec: 'topk onnx {} negative infinity input', reason: 'its TopK begins at -FLT_MAX.', provider: 'cuda' },
  { spec: 'scatterND onnx {} should work for 2d', reason: 'its ScatterND does not add int32.', provider: 'cuda' },

  ...[
    'stft onnx {} 3',
    'stft onnx {} 5',
    '1D RFFT onnx {} should',
    '2D RFFT onnx {} should',
    '1D IRFFT onnx {} should return the same value with TensorFlow (5 elements)',
    '2D IRFFT onnx {} should return the same value with TensorFlow (2x3 elements)',
    '3D IRFFT onnx {} should return the same value with TensorFlow (2x2x3 elements)',
    'transpose onnx {} accepts complex64 input',
  ].map((spec) => ({ spec, reason: spectral, provider: 'wasm' as const })),
];
