// What a stage shows while it works: a bar with rate and time left on a terminal, a line now and then elsewhere.

import { MultiBar, Presets, type SingleBar } from 'cli-progress';

export interface StageProgress {
  /** `done` of the total; `note` is short, e.g. the loss. */
  update(done: number, note?: string): void;
  finish(note?: string): void;
  /** Ends it where it stands. */
  stop(): void;
}

const secondsBetweenLines = 10;

/** Announces a stage of `total` units, e.g. steps or images. */
export function stageProgress(title: string, total: number, unit: string): StageProgress {
  return process.stderr.isTTY ? barProgress(title, total, unit) : lineProgress(title, total, unit);
}

function barProgress(title: string, total: number, unit: string): StageProgress {
  const bars = new MultiBar(
    {
      format: `${title.padEnd(34)} {bar} {value}/{total} ${unit} · {rate} · {left} left {note}`,
      hideCursor: true,
      barsize: 20,
    },
    Presets.rect,
  );
  const clock = startClock(total);
  const bar: SingleBar = bars.create(total, 0, { rate: '', left: '', note: '' });
  return {
    update(done, note = '') {
      bar.update(done, { ...clock(done, unit), note });
    },
    finish(note = '') {
      bar.update(total, { note });
      bars.stop();
    },
    stop: () => bars.stop(),
  };
}

function lineProgress(title: string, total: number, unit: string): StageProgress {
  const began = performance.now();
  const clock = startClock(total);
  let lastLine = began;
  return {
    update(done, note = '') {
      const { rate, left } = clock(done, unit);
      if (performance.now() - lastLine < secondsBetweenLines * 1000) return;
      lastLine = performance.now();
      console.error(`${title}: ${done}/${total} ${unit}, ${rate}, ${left} left ${note}`.trimEnd());
    },
    finish(note = '') {
      console.error(
        `${title}: ${total} ${unit} in ${((performance.now() - began) / 1000).toFixed(1)} s ${note}`.trimEnd(),
      );
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
      left: left > 90 ? `${(left / 60).toFixed(1)} min` : `${Math.ceil(left)} s`,
    };
  };
}
