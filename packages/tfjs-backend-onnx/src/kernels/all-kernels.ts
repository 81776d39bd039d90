// Every kernel the backend registers.

import { binaryKernels } from './binary';
import { broadcastArgsKernels } from './broadcast-args';
import { convolutionKernels } from './convolutions';
import { countingKernels } from './counting';
import { cropAndResizeKernels } from './crop-and-resize';
import type { KernelDefinition } from './define-kernel';
import { dilationKernels } from './dilation';
import { hostKernels } from './host-kernels';
import { indexingKernels } from './indexing';
import { localResponseKernels } from './local-response';
import { matMulKernels } from './mat-mul';
import { movementKernels } from './movement';
import { multinomialKernels } from './multinomial';
import { normalizationKernels } from './normalization';
import { poolingKernels } from './pooling';
import { rangeKernels } from './ranges';
import { reductionKernels } from './reductions';
import { resizingKernels } from './resizing';
import { runningKernels } from './running';
import { scatteringKernels } from './scattering';
import { storageKernels } from './storage';
import { unaryKernels } from './unary';
import { warpingKernels } from './warping';

export const kernels: readonly KernelDefinition[] = [
  ...storageKernels,
  ...unaryKernels,
  ...binaryKernels,
  ...reductionKernels,
  ...runningKernels,
  ...matMulKernels,
  ...movementKernels,
  ...indexingKernels,
  ...scatteringKernels,
  ...countingKernels,
  ...broadcastArgsKernels,
  ...normalizationKernels,
  ...localResponseKernels,
  ...rangeKernels,
  ...multinomialKernels,
  ...resizingKernels,
  ...cropAndResizeKernels,
  ...warpingKernels,
  ...dilationKernels,
  ...hostKernels,
  ...poolingKernels,
  ...convolutionKernels,
];
