// What no plain ViT has, known by the names of weights.

import { SemmaeError } from '@semmae/core';

const others: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/relative_position|rel_pos/, 'relative position bias in its attention'],
  [/(^|\.)rope[a-z_]*\.|freqs_cis/, 'rotary positions'],
  [/\.attn\.[qk]_norm\./, 'norms of queries and keys'],
];

/** Throws a SemmaeError that says what the ViT has which the one of `@semmae/vit` has not. */
export function assertPlainViT(path: string, names: Iterable<string>): void {
  for (const name of names) {
    const what = others.find(([pattern]) => pattern.test(name))?.[1];
    if (what !== undefined) throw notPlain(path, `${what} (${name})`);
  }
}

/** EVA-02 has rotary positions that are in no weight. Of public ViTs it alone has SwiGLU and no bias of the keys. */
export function assertNoRotation(path: string, mlp: string | undefined, names: Iterable<string>): void {
  if (mlp !== 'swiglu') return;
  const all = [...names];
  const has = (bias: string) => all.some((name) => name.endsWith(`.attn.${bias}.bias`));
  if (has('q') && !has('k')) {
    throw notPlain(path, 'SwiGLU beside q_bias and v_bias, as EVA-02 with its rotary positions');
  }
}

function notPlain(path: string, got: string): SemmaeError {
  const remedy = 'features would differ without it: take a model that has none';
  return new SemmaeError({ where: path, requirement: 'must be a plain ViT', got, remedy });
}
