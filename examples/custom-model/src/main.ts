// One small model that is not ours, trained with six masking strategies in turn.

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients

import { parseArgs } from 'node:util';
import {
  attentionMasking,
  type BatchMaskingStrategy,
  blockMasking,
  type MaskingStrategy,
  randomMasking,
  semanticMasking,
} from '@semmae/masking';
import { multiBlockMasking } from '@semmae/masking/multi-block';
import { colorMasking } from '@semmae/masking/noise';
import * as tf from '@tensorflow/tfjs-core';

import { type TrainingReport, trainWith } from './training';

const maskRatio = 0.6;
const reference = randomMasking({ maskRatio });
const strategies: (MaskingStrategy | BatchMaskingStrategy)[] = [
  reference,
  blockMasking({ maskRatio, minimumBlock: 6 }), // 8 x 8 patches: BEiT's 16 would be a quarter of the image
  semanticMasking({ maskRatio }),
  attentionMasking({ maskRatio, mode: 'hint' }),
  colorMasking({ maskRatio }),
  multiBlockMasking({ minimumKept: 4 }), // I-JEPA's 10 ask for larger grids; hides another number of patches in each batch
];

function readSteps(): number {
  const { values } = parseArgs({ options: { steps: { type: 'string', default: '30' } } });
  const steps = Number(values.steps);
  if (Number.isInteger(steps) && steps >= 1 && steps <= 100_000) return steps;
  throw new Error(`--steps must be an integer from 1 to 100000, got ${values.steps}`);
}

function tableRow(name: string, ...cells: string[]): string {
  return [name.padEnd(16), cells[0]!.padStart(7), ...cells.slice(1).map((cell) => cell.padStart(20))].join('');
}

function formatReport({ name, hidden, before, after, afterOnReference }: TrainingReport): string {
  const losses = [before, after, afterOnReference].map((loss) => loss.toFixed(4));
  return tableRow(name, `${(100 * hidden).toFixed(0)} %`, ...losses);
}

try {
  const steps = readSteps();
  await tf.setBackend('cpu');
  console.log(`Loss on held-out scenes, ${steps} steps with each strategy`);
  console.log(tableRow('', 'hidden', 'before, own masks', 'after, own masks', 'after, random masks'));
  for (const strategy of strategies) console.log(formatReport(trainWith(strategy, reference, steps, 1)));
} catch (error) {
  // parseArgs explains ambiguous options over several lines; the first says what is wrong.
  const [firstLine] = (error instanceof Error ? error.message : String(error)).split('\n');
  console.error(firstLine);
  process.exitCode = 1;
}
