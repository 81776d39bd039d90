// The numbers under a mask-frequency heat map.

export interface FrequencyRange {
  readonly least: number;
  readonly mean: number;
  readonly most: number;
}

/** The least, mean and greatest frequency of the patches. */
export function frequencyRange(frequency: ArrayLike<number>): FrequencyRange {
  let [least, most, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let patch = 0; patch < frequency.length; patch++) {
    least = Math.min(least, frequency[patch]!);
    most = Math.max(most, frequency[patch]!);
    sum += frequency[patch]!;
  }
  return { least, mean: sum / frequency.length, most };
}

/** "hidden 3.9 to 71.5 %, mean 38.0 %": exact zeros and ones stand without digits. */
export function describeFrequency(frequency: ArrayLike<number>): string {
  const { least, mean, most } = frequencyRange(frequency);
  const written = (share: number) => (share === 0 || share === 1 ? String(share * 100) : (share * 100).toFixed(1));
  if (least === most) return `hidden ${written(mean)} %`;
  return `hidden ${written(least)} to ${written(most)} %, mean ${written(mean)} %`;
}
