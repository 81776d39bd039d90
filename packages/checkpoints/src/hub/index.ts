// Weights from the Hugging Face Hub, in the cache that Python's huggingface_hub uses. Node only.

export { type HubAddress, isHubAddress, parseHubAddress } from './hub-address';
export { type DownloadedModel, downloadFromHub, type HubDownloadOptions } from './download-from-hub';
