// Optimizes a graph once on each machine instead of once in each process.

import { createHash } from 'node:crypto';

import type { InferenceSession } from 'onnxruntime-common';

import { OnnxBackendError } from '../onnx-backend-error';
import type { OnnxRuntime, RuntimeSession } from '../runtime/onnx-runtime';
import { createFileStore } from './file-store';
import { machineKey } from './machine-key';

export interface DiskCacheOptions {
  /** The folder; made when the first graph is kept. */
  folder: string;
  /** Version of ONNX Runtime: what one release optimized another may not load. */
  runtimeVersion: string;
  /** Bytes kept, least recently used first out. Default 512 MiB. */
  limit?: number;
  /** Bytes of an encoded model from which on optimizing it takes longer than reading a file. Default 32 KiB, some 200 nodes. */
  smallestModel?: number;
  /** Called at most once, when the folder cannot be written. Default: console.warn. */
  warn?: (message: string) => void;
}

/** Part of every key: raise it when this package writes or reads other files. */
const formatVersion = 1;

/**
 * The same runtime, with optimized graphs kept in files. Sessions on the CPU alone: a graph optimized for another provider holds
 * operators that only that provider's own optimizer may make.
 *
 * Nothing that happens to the folder is an error: a file that is damaged is written again, and without a folder graphs are
 * optimized in every process.
 */
export function withDiskCache(
  runtime: OnnxRuntime,
  { folder, runtimeVersion, limit = 2 ** 29, smallestModel = 2 ** 15, warn = console.warn }: DiskCacheOptions,
): OnnxRuntime {
  const store = createFileStore(folder, limit);
  const surroundings = JSON.stringify([formatVersion, runtimeVersion, machineKey()]);
  let isUsable = true;

  const load = (key: string, options: object): RuntimeSession | undefined => {
    try {
      const optimized = store.read(key);
      if (optimized === undefined) return undefined;
      return runtime.createSession(optimized, { ...options, graphOptimizationLevel: 'disabled' });
    } catch {
      return undefined; // unreadable, or written by something else: what follows replaces it
    }
  };

  const createAndKeep = (key: string, model: Uint8Array, options: object): RuntimeSession => {
    let session: RuntimeSession | undefined;
    try {
      return store.write(key, (path) => {
        session = runtime.createSession(model, { ...options, optimizedModelFilePath: path });
        return session;
      });
    } catch (cause) {
      session ??= runtime.createSession(model, options); // throws if the model itself is invalid
      isUsable = false;
      warn(cannotKeep(folder, cause).message);
      return session;
    }
  };

  return {
    ...runtime,
    createSession(model, options) {
      if (!isUsable || model.length < smallestModel || !isCacheable(options))
        return runtime.createSession(model, options);
      const key = createHash('sha256').update(surroundings).update(JSON.stringify(options)).update(model).digest('hex');
      return load(key, options) ?? createAndKeep(key, model, options);
    },
  };
}

function isCacheable({
  executionProviders = [],
  optimizedModelFilePath,
  enableProfiling = false,
}: InferenceSession.SessionOptions): boolean {
  return executionProviders.every((name) => name === 'cpu') && optimizedModelFilePath === undefined && !enableProfiling;
}

function cannotKeep(folder: string, cause: unknown): OnnxBackendError {
  return new OnnxBackendError({
    where: 'registerOnnxBackend',
    requirement: `cacheFolder ${folder} must take compiled graphs`,
    got: cause instanceof Error ? cause.message.split('\n')[0]! : String(cause),
    remedy: 'every process compiles them again; give another `cacheFolder`, or `false` for none',
  });
}
