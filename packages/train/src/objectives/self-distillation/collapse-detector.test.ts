import { SemmaeError } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { type CollapseDetectorOptions, collapseDetector } from './collapse-detector';

const prototypes = 1024; // ln E = 6.931
const healthy = { classLoss: 5.2, teacherEntropy: 3.1, teacherInformation: 1.7, featureStd: 0.6 };

/** The first step at which it fires, with what it says. */
function run(
  metricsAt: (step: number) => Record<string, number>,
  options: Partial<CollapseDetectorOptions> = {},
): { step: number; message: string } | undefined {
  const detector = collapseDetector({ prototypes, warmupSteps: 20, windowSteps: 30, ...options });
  for (let step = 1; step <= 300; step++) {
    try {
      detector.check({ step, metrics: metricsAt(step) });
    } catch (error) {
      expect(SemmaeError.isInstance(error)).toBe(true);
      return { step, message: (error as Error).message };
    }
  }
  return undefined;
}

describe('collapseDetector', () => {
  it('lets a normal run pass: a start at ln E, a plateau in the warm-up, then a falling loss', () => {
    const metricsAt = (step: number) => ({
      ...healthy,
      classLoss: step < 40 ? Math.log(prototypes) : 6.5,
      featureStd: step < 10 ? 0 : 0.3,
    });
    expect(run(metricsAt)).toBeUndefined();
  });

  it('forgets a spell that ends one step before the window is full', () => {
    const metricsAt = (step: number) => ({ ...healthy, classLoss: step % 30 === 0 ? 6.8 : Math.log(prototypes) });
    expect(run(metricsAt)).toBeUndefined();
  });

  it('stops a confident teacher that still tells images apart from nothing', () => {
    expect(run(() => ({ ...healthy, classLoss: 0.02, teacherEntropy: 0.01, teacherInformation: 2.9 }))).toBeUndefined();
  });

  it.each([
    ['a student at ln E', { classLoss: 6.93 }, 'the class loss must leave ln E = 6.931, got classLoss 6.930 to 6.930'],
    ['a uniform teacher', { teacherEntropy: 6.92 }, "the teacher's entropy must be below ln E = 6.931"],
    [
      'one winning prototype',
      { classLoss: 1e-4, teacherEntropy: 1e-5, teacherInformation: 1e-6 },
      'the teacher must tell images apart, by at least 0.069 nats, got teacherInformation 0.000001000',
    ],
    ['a dead encoder', { featureStd: 0.002 }, 'class tokens must differ between images, by a featureStd of at least'],
  ])('stops %s at the end of the first full window, in one line', (_, symptom, message) => {
    const found = run(() => ({ ...healthy, ...symptom }));
    expect(found?.step).toBe(20 + 30);
    expect(found?.message).toContain(`selfDistillation, step 50: ${message}`);
    expect(found?.message).toContain('in the last 30 steps; ');
    expect(found?.message).not.toContain('\n');
  });

  it('takes its thresholds from the options', () => {
    const metrics = { ...healthy, featureStd: 0.2, teacherInformation: 0.5 };
    expect(run(() => metrics)).toBeUndefined();
    expect(run(() => metrics, { leastFeatureStd: 0.3 })?.step).toBe(50);
    expect(run(() => metrics, { leastInformation: 0.1, windowSteps: 7 })?.step).toBe(27);
    expect(run(() => metrics, { uniformShare: 0.3, warmupSteps: 0 })?.step).toBe(30);
    expect(() => collapseDetector({ prototypes: 1, warmupSteps: 0 })).toThrow(
      'collapseDetector: prototypes must be an integer of at least 2, got 1',
    );
  });
});
