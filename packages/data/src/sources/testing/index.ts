// The contract of image sources as a vitest suite, for sources elsewhere too.

export { describeImageSource, type ImageSourceContractOptions } from './describe-image-source';
