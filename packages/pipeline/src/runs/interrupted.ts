// How a stage ends that was asked to stop.

/** The signal was aborted: what was done is saved, and the stage can go on. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }

  /** Throws one when the signal is aborted. */
  static check(signal: AbortSignal | undefined): void {
    if (signal?.aborted) throw new Interrupted();
  }
}
