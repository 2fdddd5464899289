/** What an extended header says in place of the plain one. */
export interface ExtendedFields {
  /** The path as bytes. */
  readonly path?: Buffer;
  /** The target of a link as bytes. */
  readonly target?: Buffer;
  /** How many bytes follow. */
  readonly size?: number;
  /** Whether the file was packed without its holes. */
  readonly sparse?: boolean;
}

/** Reads a POSIX extended header, record by record; undefined where it is none. */
export function readExtended(bytes: Buffer): ExtendedFields | undefined {
  const fields: { path?: Buffer; target?: Buffer; size?: number; sparse?: boolean } = {};
  for (let from = 0; from < bytes.length;) {
    // "25 path=a/rather/long/name\n", where 25 counts the whole record
    const record = /^([1-9][0-9]{0,8}) ([^=\n]+)=/.exec(bytes.toString('latin1', from, from + 200));
    const length = Number(record?.[1]);
    const end = from + length;
    if (record === null || end > bytes.length || length <= record[0].length || bytes[end - 1] !== '\n'.charCodeAt(0)) {
      return undefined;
    }
    const value = Buffer.from(bytes.subarray(from + record[0].length, end - 1));
    const keyword = record[2];
    if (keyword === 'path') {
      fields.path = value;
    } else if (keyword === 'linkpath') {
      fields.target = value;
    } else if (keyword === 'size') {
      if (!/^[0-9]{1,15}$/.test(value.toString('latin1'))) {
        return undefined;
      }
      fields.size = Number(value.toString('latin1'));
    } else if (keyword.startsWith('GNU.sparse.')) {
      fields.sparse = true;
    }
    from = end;
  }
  return fields;
}
