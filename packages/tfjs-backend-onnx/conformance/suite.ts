// tfjs-core's own op and gradient suite against this backend. Bundled by run.ts; prints one line at the end.

import './boot-jasmine';
import { provider } from './environment';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/tests';

import { exclusions } from './exclusions';

interface SpecResult {
  fullName: string;
  status: 'passed' | 'failed' | 'excluded' | 'pending';
  failedExpectations: { message: string }[];
}

const [pattern = ''] = process.argv.slice(2);
const counts = { passed: 0, failed: 0, excluded: 0, pending: 0 };
const failures: SpecResult[] = [];
const excluded = exclusions.filter((exclusion) => exclusion.provider === undefined || exclusion.provider === provider);

const environment = jasmine.getEnv();
environment.configure({
  random: false,
  specFilter: (spec: { getFullName(): string }) => {
    const name = spec.getFullName();
    return name.includes(pattern) && !excluded.some(({ spec }) => name.startsWith(spec));
  },
});
environment.addReporter({
  specDone: (result: SpecResult) => {
    counts[result.status]++;
    if (result.status === 'failed') failures.push(result);
  },
});
await environment.execute();

for (const { fullName, failedExpectations } of failures) {
  console.log(`failed: ${fullName}\n    ${failedExpectations[0]?.message.split('\n')[0]?.slice(0, 200)}`);
}
console.log(
  `${counts.passed} passed, ${counts.failed} failed, ${counts.excluded} excluded, ${counts.pending} pending in tfjs`,
);
process.exit(counts.failed > 0 ? 1 : 0);
