/** As many characters as can safely be arguments of one call. */
const CHUNK = 0x2000;

/** The bytes in base64, by what Node and browsers both have. */
export function toBase64(bytes: Uint8Array): string {
  let characters = '';
  for (let i = 0; i < bytes.length; i += CHUNK) {
    characters += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  }
  return btoa(characters);
}

/**
 * The bytes that are in base64.
 *
 * @throws DOMException where the text is no base64
 */
export function fromBase64(text: string): Uint8Array {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < characters.length; i++) {
    bytes[i] = characters.charCodeAt(i);
  }
  return bytes;
}
