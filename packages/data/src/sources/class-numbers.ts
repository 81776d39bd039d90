// Names of classes that have none.

/** '0' up to the highest of `labels`, in which negative numbers stand for no label. */
export function classNumbers(labels: Uint8Array | Int32Array): string[] {
  let highest = -1;
  for (const label of labels) highest = Math.max(highest, label);
  return Array.from({ length: highest + 1 }, (_, label) => String(label));
}
