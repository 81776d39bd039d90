// The options of registerOnnxBackend, one type for Node and the browser: TypeScript does not know which of them a program is for.

import type { OnnxProvider } from './runtime/session-options';
import type { WasmPaths } from './runtime/web-runtime';

export interface OnnxBackendOptions {
  /** Name for tf.setBackend. Default 'onnx'. */
  name?: string;
  /**
   * Where graphs run; operators a provider lacks fall back to the CPU. Default 'cpu', in a browser 'wasm'. One that does not work
   * here is an error; of a list the first that works is taken, and `device()` tells which.
   */
  provider?: OnnxProvider | readonly OnnxProvider[];
  /**
   * Threads inside one operator. Default: ONNX Runtime's choice, one per physical core. In a browser half the cores and at most 4, or
   * 1 on a page without cross-origin isolation; the first backend on a page decides for all.
   */
  threads?: number;
  /**
   * Microseconds that idle threads wait in a loop for the next operator before they sleep; Infinity: as long as a graph runs. On
   * two cores of their own, MAE steps were 1.05 to 1.1 times as fast with 200 as with 0, and no faster with more; beside a busy
   * process they were alike. Default 200. A browser ignores it.
   */
  spinMicroseconds?: number;
  /** Where a browser finds onnxruntime-web's .wasm and .mjs files. Default: beside its script, where Vite and webpack put them. */
  wasmPaths?: WasmPaths;
  /** tfjs picks the registered backend with the highest priority. Default 4, above wasm (2) and WebGPU (3). */
  priority?: number;
  /** Compiled graphs kept. Default 512. */
  cacheSize?: number;
  /**
   * Folder where optimized graphs are kept for the next process, or false for none. Default: the user's cache folder, or below the
   * environment variable SEMMAE_CACHE (`off` for none). A browser ignores it.
   */
  cacheFolder?: string | false;
}
