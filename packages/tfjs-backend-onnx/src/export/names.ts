// Unique names.

/** A function that gives the wanted name, with a number behind it where it is taken already. */
export function createNames(taken: readonly string[]): (wanted: string) => string {
  const given = new Set(taken);
  return (wanted) => {
    let name = wanted;
    for (let number = 1; given.has(name); number++) name = `${wanted}_${number}`;
    given.add(name);
    return name;
  };
}
