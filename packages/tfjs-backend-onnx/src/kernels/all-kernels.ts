// Every kernel the backend registers.

import { binaryKernels } from './binary';
import { convolutionKernels } from './convolutions';
import type { KernelDefinition } from './define-kernel';
import { hostKernels } from './host-kernels';
import { indexingKernels } from './indexing';
import { matMulKernels } from './mat-mul';
import { movementKernels } from './movement';
import { normalizationKernels } from './normalization';
import { poolingKernels } from './pooling';
import { rangeKernels } from './ranges';
import { reductionKernels } from './reductions';
import { resizingKernels } from './resizing';
import { storageKernels } from './storage';
import { unaryKernels } from './unary';

export const kernels: readonly KernelDefinition[] = [
  ...storageKernels,
  ...unaryKernels,
  ...binaryKernels,
  ...reductionKernels,
  ...matMulKernels,
  ...movementKernels,
  ...indexingKernels,
  ...normalizationKernels,
  ...rangeKernels,
  ...resizingKernels,
  ...hostKernels,
  ...poolingKernels,
  ...convolutionKernels,
];
