// Specs of tfjs-core that this backend does not run, each with its reason.

export interface Exclusion {
  /** A part of the spec's full name. */
  spec: string;
  reason: string;
}

export const exclusions: readonly Exclusion[] = [];
