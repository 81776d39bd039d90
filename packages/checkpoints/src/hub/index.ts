// The Hugging Face Hub: weights in the cache that Python's huggingface_hub uses, and files of data sets by ranges. Node only.

export { type HubAddress, isHubAddress, parseHubAddress } from './hub-address';
export { type DownloadedModel, downloadFromHub, type HubDownloadOptions } from './download-from-hub';
export { type HubDataset, type HubDatasetOptions, openHubDataset } from './open-hub-dataset';
