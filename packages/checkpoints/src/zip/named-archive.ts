// What a zip archive is of, by the names of its records.

import { SemmaeError } from '@semmae/core';

export type Archive = { kind: 'pytorch'; pickle: string } | { kind: 'npz' };

/** Throws a SemmaeError that says what an archive of neither kind is. */
export function namedArchive(where: string, names: readonly string[]): Archive {
  const has = (name: string) => names.some((other) => other === name || other.endsWith(`/${name}`));
  const refuse = (got: string, remedy?: string) => {
    const requirement = 'must be a zip archive of PyTorch or NumPy';
    return new SemmaeError({ where, requirement, got, remedy });
  };
  if (has('constants.pkl') || names.some((name) => /^[^/]+\/code\//.test(name))) {
    throw refuse('a TorchScript archive', 'save the state_dict() of its module with torch.save');
  }
  const pickles = names.filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length === 1) return { kind: 'pytorch', pickle: pickles[0]! };
  if (names.length > 0 && names.every((name) => name.endsWith('.npy'))) return { kind: 'npz' };
  if (has('model.weights.h5')) throw refuse('a model of Keras', 'save its weights with safetensors or numpy.savez');
  const inside = names.find((name) => /\.(pth|pt|bin|safetensors|npz|npy|ckpt)(\.tar)?$/.test(name));
  if (inside !== undefined) throw refuse(`one that holds ${inside}`, 'unpack it first');
  throw refuse(names.length === 0 ? 'an empty one' : `one that holds ${names.slice(0, 3).join(', ')}`);
}
