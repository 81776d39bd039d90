// ONNX Runtime session options for training graphs.

import type { InferenceSession } from 'onnxruntime-common';

/** 'wasm' is the CPU of a browser. */
export type OnnxProvider = 'cpu' | 'wasm' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

export interface DeviceOptions {
  provider: OnnxProvider;
  /** Threads inside one operator. Undefined: ONNX Runtime's default, one per physical core. */
  threads: number | undefined;
  /** Whether idle threads wait in a loop for the next operator. */
  spinning: boolean;
}

/** Options of every session on `device`. */
export function sessionOptions({ provider, threads, spinning }: DeviceOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
    graphOptimizationLevel: 'all', // 2.7x faster than 'disabled' on a ViT training step
    executionMode: 'sequential',
    enableCpuMemArena: true,
    enableMemPattern: true,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    logSeverityLevel: 3,
    extra: {
      session: {
        set_denormal_as_zero: '1', // gradients near zero would otherwise run at a tenth of the speed
        intra_op: { allow_spinning: spinning ? '1' : '0' },
      },
    },
  };
}
