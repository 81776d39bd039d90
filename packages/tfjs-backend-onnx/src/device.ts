// Which device the current tfjs backend runs on.

import { currentOnnxBackend } from './current-onnx-backend';
import type { OnnxProvider } from './runtime/session-options';

export interface OnnxDevice {
  provider: OnnxProvider;
  /** Undefined: ONNX Runtime's default, one per physical core. */
  threads: number | undefined;
  /** How long idle threads wait in a loop for the next operator. */
  spinMicroseconds: number;
  /** Compiled graphs in the cache. */
  sessions: number;
}

/** The device of the current backend, or undefined when tfjs runs on a backend that is not this package's. */
export function device(): OnnxDevice | undefined {
  const current = currentOnnxBackend('device');
  if (current === undefined) return undefined;
  return { ...current.runner.device, sessions: current.runner.sessions.size };
}
