// A name for the content of a file or an image, which tells whether something was computed from it.

/** SHA-256 in 64 hexadecimal digits. */
export async function contentFingerprint(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
