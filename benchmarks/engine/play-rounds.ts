// Rounds in which every contestant runs once, so that what disturbs a machine disturbs them all alike.

import { loadavg } from 'node:os';

import { type Absence, type Contestant, isAbsent, type Reading, runContestant } from './contestant';

export interface Played<T extends { value: number } = Reading> {
  /** By contestant; one entry a round. */
  readings: Map<string, T[]>;
  /** Why a contestant did not take part. */
  absences: Map<string, string>;
  /** Mean number of running processes over the minute before each round, as the system counts them. */
  loadAverages: number[];
}

/** Every other round goes backwards, so that nobody always runs after the same neighbor. Progress goes to stderr. */
export async function playRounds<T extends { value: number; unit: string } = Reading>(
  title: string,
  contestants: readonly Contestant[],
  rounds: number,
): Promise<Played<T>> {
  const readings = new Map<string, T[]>(contestants.map(({ name }) => [name, []]));
  const absences = new Map<string, string>();
  const loadAverages: number[] = [];
  for (let round = 0; round < rounds; round++) {
    loadAverages.push(Number(loadavg()[0]!.toFixed(2)));
    const order = round % 2 === 0 ? contestants : contestants.toReversed();
    for (const contestant of order) {
      const { name } = contestant;
      if (absences.has(name) || round >= (contestant.rounds ?? rounds)) continue;
      const start = Date.now();
      const reading: T | Absence = await runContestant<T>(contestant);
      const took = `${((Date.now() - start) / 1000).toFixed(0)} s`;
      if (isAbsent(reading)) {
        absences.set(name, reading.missing);
        console.error(`${title}: without ${name}: ${reading.missing}`);
      } else {
        readings.get(name)!.push(reading);
        console.error(`${title}: round ${round + 1}/${rounds} ${name} ${reading.value} ${reading.unit} (${took})`);
      }
    }
  }
  return { readings, absences, loadAverages };
}
