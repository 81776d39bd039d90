// What a stage shows while it works: a bar with note and time left on a terminal, a line now and then elsewhere.

import { SingleBar } from 'cli-progress';

import { barLine } from './bar-line';

export interface StageProgress {
  /** `done` of the total; `note` is short, such as the loss. */
  update(done: number, note?: string): void;
  finish(note?: string): void;
  /** Ends it where it stands. */
  stop(): void;
}

const secondsBetweenLines = 10;

/** Announces a stage of `total` units, such as steps or images. */
export function stageProgress(title: string, total: number, unit: string): StageProgress {
  return process.stderr.isTTY ? barProgress(title, total, unit) : lineProgress(title, total, unit);
}

function barProgress(title: string, total: number, unit: string): StageProgress {
  const clock = startClock(total);
  const bar = new SingleBar({
    format: (_options, { value }, { left, note }: { left: string; note: string }) =>
      barLine({ title, done: value, total, left, note, columns: process.stderr.columns ?? 80 }),
    hideCursor: true,
    clearOnComplete: false,
  });
  bar.start(total, 0, { left: '…', note: '' });
  return {
    update(done, note) {
      const { rate, left } = clock(done, unit);
      bar.update(done, { left, note: note ?? rate });
    },
    finish(note = '') {
      bar.update(total, { left: '0 s', note });
      bar.stop();
    },
    stop: () => bar.stop(),
  };
}

function lineProgress(title: string, total: number, unit: string): StageProgress {
  const began = performance.now();
  const clock = startClock(total);
  let lastLine = began;
  return {
    update(done, note) {
      const { rate, left } = clock(done, unit);
      if (performance.now() - lastLine < secondsBetweenLines * 1000) return;
      lastLine = performance.now();
      console.error(`${title}: ${done}/${total} ${unit}, ${left} left, ${note ?? rate}`);
    },
    finish(note = '') {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.error(`${title}: ${total} ${unit} in ${seconds} s ${note}`.trimEnd());
    },
    stop() {},
  };
}

/** Rate and time left since the first update, so that work resumed half way does not count as fast. */
function startClock(total: number): (done: number, unit: string) => { rate: string; left: string } {
  const began = performance.now();
  let first: number | undefined;
  return (done, unit) => {
    first ??= done;
    const seconds = (performance.now() - began) / 1000;
    const perSecond = (done - first) / seconds;
    if (perSecond <= 0) return { rate: `… ${unit}/s`, left: '…' };
    const left = (total - done) / perSecond;
    return {
      rate: `${perSecond.toPrecision(3)} ${unit}/s`,
      left:
        left > 5400
          ? `${(left / 3600).toFixed(1)} h`
          : left > 90
            ? `${(left / 60).toFixed(1)} min`
            : `${Math.ceil(left)} s`,
    };
  };
}
