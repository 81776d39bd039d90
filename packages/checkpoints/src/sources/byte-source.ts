// Random access to bytes, wherever they are.

/** A file, a Blob, an address that answers range requests, or a buffer. */
export interface ByteSource {
  /** For messages: a path, a file name, an address. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `start` on, which lie within the source, in a buffer of their own. A SemmaeError where they cannot be had. */
  bytes(start: number, length: number): Promise<ArrayBuffer>;
  /** What stands beside this source under a plain file name, such as the shards of an index. Absent where nothing can. */
  beside?(fileName: string): Promise<ByteSource>;
  close(): void;
}
