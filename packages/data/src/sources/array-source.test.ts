import { partDataset } from '../part-images/part-dataset';
import { arraySource } from './array-source';
import { describeImageSource } from './testing';

describeImageSource(
  async () => {
    const drawn = partDataset({ seed: 3, count: 13, height: 17, width: 19 });
    const samples = await Promise.all(Array.from({ length: 13 }, (_, index) => drawn.sample(index)));
    return arraySource(samples, { classNames: drawn.classNames, partNames: drawn.partNames });
  },
  { title: 'array', length: 13 },
);
