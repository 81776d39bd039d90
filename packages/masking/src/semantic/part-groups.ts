// The patches of each part, side by side: what quotas are drawn from.

export interface PartGroups {
  /** [256] patches of each id. */
  readonly sizes: Int32Array;
  /** [256] where the patches of each id begin in `patches`. */
  readonly starts: Int32Array;
  /** [N] patches by part, ascending within each. */
  readonly patches: Int32Array;
  /** [partCount] the ids that occur, ascending; longer than that, and free to be reordered. */
  readonly order: Uint8Array;
  /** How many ids occur. */
  readonly partCount: number;
  /** Looks at another image: everything above is overwritten. */
  group(parts: Uint8Array): void;
}

/** Room for the groups of one image at a time, ids from 0 to 255. */
export function partGroups(): PartGroups {
  return new CountedParts();
}

/** A counting sort of the patches by part id. */
class CountedParts implements PartGroups {
  readonly sizes = new Int32Array(256);
  readonly starts = new Int32Array(256);
  readonly order = new Uint8Array(256);
  patches = new Int32Array(0);
  partCount = 0;

  group(parts: Uint8Array): void {
    const { sizes, starts, order } = this;
    const patchCount = parts.length;
    if (this.patches.length < patchCount) this.patches = new Int32Array(patchCount);
    sizes.fill(0);
    let bits = 0; // of all ids: none is above
    for (let patch = 0; patch < patchCount; patch++) {
      const part = parts[patch]!;
      sizes[part]! += 1;
      bits |= part;
    }

    let partCount = 0;
    let end = 0;
    for (let part = 0; part <= bits; part++) {
      if (sizes[part] === 0) continue;
      order[partCount++] = part;
      starts[part] = end;
      end += sizes[part]!;
    }
    const { patches } = this;
    // Each start moves to the end of its group and back again.
    for (let patch = 0; patch < patchCount; patch++) patches[starts[parts[patch]!]!++] = patch;
    for (let rank = 0; rank < partCount; rank++) starts[order[rank]!]! -= sizes[order[rank]!]!;
    this.partCount = partCount;
  }
}
