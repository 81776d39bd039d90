// Specs of tfjs-core that this backend does not run, each with its reason.

export interface Exclusion {
  /** A part of the spec's full name. */
  spec: string;
  reason: string;
}

const wideWindow = 'ONNX Runtime refuses padding as wide as the pooling window.';
const singlePrecision = 'asks for more digits than a float32 result has; the CPU backend computes in float64.';

export const exclusions: readonly Exclusion[] = [
  { spec: 'avgPool3d onnx {} x=[1,1,1,1,1] f=[2,2,2] s=1 p=2', reason: wideWindow },
  { spec: 'pool onnx {} max x=[2,2,3] f=[1,1] s=2 p=1 fractional outputs default rounding', reason: wideWindow },
  { spec: 'pool onnx {} avg x=[2,2,3] f=[1,1] s=2 p=1 fractional outputs default rounding', reason: wideWindow },
  { spec: 'exp onnx {} int32', reason: singlePrecision },
  { spec: 'tan onnx {} numbers exceed float32 precision', reason: singlePrecision },
  {
    spec: 'gather onnx {} throws when index is out of bound',
    reason: 'kernels are traced: a bad index throws at the read, not at the op.',
  },
  {
    spec: 'conv2dTranspose onnx {} input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4',
    reason: 'its shapes fit no convolution: "same" at stride 1 keeps the size, and the spec goes from 8 to 4.',
  },
];
