// `npm run learned-masks`: what does ADIOS hide?

import { runProgram, terminalProgress } from '@semmae/cli';
import { selectBackend } from '@semmae/pipeline';

import { learnMasks } from './learn-masks';
import { parseOptions } from './options';

const { onProgress, end } = terminalProgress();

await runProgram(
  async (signal) => {
    const options = parseOptions(process.argv);
    const { compile } = await selectBackend('cpu', { threads: options.threads });
    const { masks, agreement } = await learnMasks(options, { compile, signal, onProgress });
    end(true);
    const { smallestMask, largestMask, sharpness } = masks;
    const share = (value: number) => `${(100 * value).toFixed(1)} %`;
    console.log(
      `On held-out images masks hide ${share(smallestMask)} to ${share(largestMask)}, sharpness ${sharpness.toFixed(2)}.`,
    );
    for (const [name, { imageNmi, imageObjectNmi, objectNmi }] of Object.entries(agreement)) {
      const ofObject = `with the object ${share(imageObjectNmi)}, over all images together ${share(objectNmi)}`;
      console.log(`${name.padEnd(10)} NMI with the parts of an image ${share(imageNmi)}, ${ofObject}`);
    }
    console.log(`${options.out}: learned-masks.png, metrics.json`);
  },
  { howToGoOn: 'The same command goes on.', endProgress: () => end(false) },
);
