/** Compares texts by their bytes in UTF-8, the same on every machine and the order in which TensorFlow sorts names. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
