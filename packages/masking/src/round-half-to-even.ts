// Rounding as Python, NumPy and torch do it, where published samplers depend on it.

/** The nearest integer, halves to the even one: 0.5 -> 0, 1.5 -> 2, 2.5 -> 2. `Math.round` would give 1, 2, 3. */
export function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
