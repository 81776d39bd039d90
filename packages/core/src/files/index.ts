// Files on disk, for Node alone: written whole or not at all, and folders that take them.

export { type FileLock, type LockHolder, lockHolder, takeLock } from './file-lock';
export { makeWritableFolder } from './make-writable-folder';
export { orUnwritable, type UnwritableOptions } from './or-unwritable';
export { replaceFile, replaceFileSync } from './replace-file';
