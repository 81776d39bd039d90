import { describe, expect, it } from 'vitest';

import type { OnnxRuntime, RuntimeTensor } from './runtime/onnx-runtime';
import type { OnnxProvider } from './runtime/session-options';
import { startProvider } from './start-provider';

/** A machine where some providers are installed and some of those find a device. */
function machine(installed: OnnxProvider[], working: OnnxProvider[] = installed): OnnxRuntime {
  return {
    providers: installed,
    tensor: (type, data, dims): RuntimeTensor => ({ type, data, dims }),
    createSession(_, options) {
      const [first] = (options as { executionProviders: (OnnxProvider | { name: OnnxProvider })[] }).executionProviders;
      if (!working.includes(typeof first === 'string' ? first : first!.name))
        throw new Error('libcudart.so.12: cannot open shared object file\n');
      return { run: () => undefined, release: () => undefined };
    },
  };
}

const options = { threads: undefined, spinMicroseconds: 0 };

describe('startProvider', () => {
  it('takes what was asked for', () => {
    expect(startProvider(machine(['cpu', 'cuda']), 'cuda', options)).toBe('cuda');
    expect(startProvider(machine(['cpu', 'cuda']), 'cpu', options)).toBe('cpu');
  });

  it('never replaces a single provider', () => {
    expect(() => startProvider(machine(['cpu', 'cuda'], ['cpu']), 'cuda', options)).toThrow(
      /^registerOnnxBackend: provider cuda must find a device, got libcudart.so.12: .* file ?; install its driver, CUDA 12 and cuDNN 9, or use one of cpu$/,
    );
  });

  it.each<[OnnxProvider, RegExp]>([
    ['cuda', /got cuda; on Linux x64 run `node .*install\.js`, which downloads it, or use 'cpu'$/],
    ['dml', /got dml; only Windows has it \(DirectML\), or use 'cpu'$/],
    ['coreml', /got coreml; only macOS has it \(Core ML\), or use 'cpu'$/],
    ['wasm', /got wasm; only browsers have it, or use 'cpu'$/],
  ])('says how %s is installed', (provider, message) => {
    expect(() => startProvider(machine(['cpu', 'webgpu']), provider, options)).toThrow(message);
  });

  it('takes the first of a list that works', () => {
    expect(
      startProvider(machine(['cpu', 'webgpu', 'cuda'], ['cpu', 'webgpu']), ['cuda', 'webgpu', 'cpu'], options),
    ).toBe('webgpu');
    expect(startProvider(machine(['cpu']), ['dml', 'coreml', 'cpu'], options)).toBe('cpu');
  });

  it('says why each of a list is out', () => {
    expect(() => startProvider(machine(['cpu', 'cuda'], ['cpu']), ['cuda', 'dml'], options)).toThrow(
      /one of the listed providers must work here, got .*must find a device, got libcudart.* \| .*got dml; .*; end the list with 'cpu'$/,
    );
    expect(() => startProvider(machine(['cpu']), [], options)).toThrow(/got an empty list; end the list with 'cpu'/);
  });
});
