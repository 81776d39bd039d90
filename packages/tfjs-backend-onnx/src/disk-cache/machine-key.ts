// What an optimized graph depends on beside the model: ONNX Runtime lays convolutions out for the vector width of the CPU.

import { readFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';

/** Equal on machines that may share optimized graphs. */
export function machineKey(): string {
  return [platform(), arch(), cpus()[0]?.model ?? '', processorFeatures()].join('\n');
}

/** Linux tells which instructions there are; a virtual machine may hide some that the model name promises. */
function processorFeatures(): string {
  try {
    return /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}
