// Speed and time left, from the clock readings between steps.

/** Weight of the newest step in the running mean: the figures settle within about ten steps and follow changes. */
const newestWeight = 0.1;

export interface ProgressMeter {
  /** Call once after each step with its images and the steps still to come. */
  tick(images: number, stepsLeft: number): { imagesPerSecond: number; secondsLeft: number };
  /** Seconds since the meter was made. */
  elapsed(): number;
}

/** `now` returns milliseconds. The first step, which may compile, counts only until the second is known. */
export function createProgressMeter(now: () => number): ProgressMeter {
  const begin = now();
  let before = begin;
  let ticks = 0;
  let secondsPerStep = 0;
  return {
    tick(images, stepsLeft) {
      const time = now();
      const seconds = Math.max(1e-9, (time - before) / 1000);
      before = time;
      ticks += 1;
      secondsPerStep = ticks <= 2 ? seconds : secondsPerStep + newestWeight * (seconds - secondsPerStep);
      return { imagesPerSecond: images / secondsPerStep, secondsLeft: stepsLeft * secondsPerStep };
    },
    elapsed: () => (now() - begin) / 1000,
  };
}
