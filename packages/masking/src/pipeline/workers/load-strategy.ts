// The strategy that a module exports. Strategies are functions, which no thread can send to another, so each imports its own.

import { SemmaeError } from '@semmae/core';

import type { BatchMaskingStrategy, MaskingStrategy } from '../../masking-strategy';

/** Imports the module at the URL `module`. Throws when it cannot be loaded or does not export a strategy by this name. */
export async function loadStrategy(
  module: string,
  exportName: string,
): Promise<MaskingStrategy | BatchMaskingStrategy> {
  const exported = (await importModule(module))[exportName];
  if (isStrategy(exported)) return exported;
  throw new SemmaeError({
    where: 'maskingWorkers',
    requirement: `${module} must export a masking strategy as ${exportName}`,
    got: typeof exported,
    remedy: 'for instance: export default blockMasking({ maskRatio: 0.6 })',
  });
}

async function importModule(module: string): Promise<Record<string, unknown>> {
  try {
    return await import(module);
  } catch (cause) {
    throw new SemmaeError({
      where: 'maskingWorkers',
      requirement: `${module} must be a module that can be imported`,
      got: firstLine(cause),
      remedy: "give it as new URL('./strategy.js', import.meta.url)",
      cause,
    });
  }
}

/** What an error says, without the code frames and module stacks that some carry. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}

function isStrategy(value: unknown): value is MaskingStrategy | BatchMaskingStrategy {
  if (typeof value !== 'object' || value === null) return false;
  return ['sample', 'sampleBatch'].some((method) => method in value && typeof value[method as never] === 'function');
}
