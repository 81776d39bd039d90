// Where the SHA-256 of a file stands in its own header.

/** What stands there while the file is hashed. */
export const blankChecksum = '0'.repeat(64);

/** Bytes from the beginning of the JSON, whose first entry it is. */
export const checksumPlace = '{"__metadata__":{"sha256":"'.length;
