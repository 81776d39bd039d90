// Labels as they are written in a list, as class ids.

export interface NumberedLabels {
  labels: (number | undefined)[];
  /** Undefined where labels are numbers already, or none is there. */
  classNames: readonly string[] | undefined;
}

/** Words are classes, numbered by sorted name; where every label is a number, these are the class ids. */
export function numberedLabels(written: readonly (string | undefined)[]): NumberedLabels {
  const known = new Set(written.filter((label) => label !== undefined));
  if ([...known].every((label) => /^\d{1,9}$/.test(label))) {
    return { labels: written.map((label) => (label === undefined ? undefined : Number(label))), classNames: undefined };
  }
  const classNames = [...known].sort();
  const idOf = new Map(classNames.map((name, id) => [name, id]));
  return { labels: written.map((label) => (label === undefined ? undefined : idOf.get(label))), classNames };
}
