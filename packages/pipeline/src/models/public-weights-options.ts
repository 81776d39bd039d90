// What a person says about weights of other projects where the file alone does not.

import type { FamilyName, PositionInterpolation, ReadPublicModelOptions } from '@semmae/checkpoints';

export interface PublicWeightsOptions
  extends Pick<ReadPublicModelOptions, 'network' | 'heads' | 'decoderHeads' | 'positionGrid' | 'normEpsilon'> {
  family?: FamilyName | undefined;
  positionInterpolation?: PositionInterpolation | undefined;
  /** Weights that may be missing, by name or the beginning of one. */
  allowMissing?: readonly string[] | undefined;
  /** Tensors that may be left over. */
  allowUnexpected?: readonly string[] | undefined;
}

/** Names and values of what is given. */
export function givenForWeights(options: PublicWeightsOptions): [name: string, value: unknown][] {
  const { allow, ...single } = readOptionsOf(options);
  const lists = { allowMissing: allow?.missing?.[0], allowUnexpected: allow?.unexpected?.[0] };
  return Object.entries({ ...single, ...lists }).filter(([, value]) => value !== undefined);
}

export function readOptionsOf(options: PublicWeightsOptions): ReadPublicModelOptions {
  const { family, network, heads, decoderHeads, positionGrid, positionInterpolation, normEpsilon } = options;
  const { allowMissing: missing = [], allowUnexpected: unexpected = [] } = options;
  const architecture = { heads, decoderHeads, positionGrid, positionInterpolation, normEpsilon };
  return { family, network, ...architecture, allow: { missing, unexpected } };
}
