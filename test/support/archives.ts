import * as zlib from 'node:zlib';
import { Header, type HeaderData, Parser, Pax, type ReadEntry } from 'tar';

/** An entry of an archive to be made; more of it than a program would write. */
export interface MadeEntry extends Omit<HeaderData, 'path'> {
  readonly path: string;
  readonly content?: string | Uint8Array;
  /** What an extended header in front says. */
  readonly pax?: Partial<ConstructorParameters<typeof Pax>[0]>;
  /** Bytes of the header to overwrite, by their position. */
  readonly patch?: { readonly [position: number]: Uint8Array };
}

/** An entry that was read by the tar package, which knows nothing of ours. */
export interface UnpackedEntry {
  readonly type: string;
  readonly content: Buffer;
  readonly mode: number | undefined;
  readonly link: string | undefined;
}

const BLOCK = 512;

/** A tar archive, byte by byte as asked for. */
export function tarOf(...entries: MadeEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(2 * BLOCK)]);
}

/** The same, compressed. */
export function tarGzOf(...entries: MadeEntry[]): Buffer {
  return zlib.gzipSync(tarOf(...entries));
}

/** Files, by their paths. */
export function filesOf(files: { readonly [path: string]: string | Uint8Array }): MadeEntry[] {
  return Object.entries(files).map(([path, content]) => ({ path, content }));
}

/** The blocks of one entry, without the archive's end. */
export function blocksOf({ content = '', pax, patch, ...fields }: MadeEntry): Buffer[] {
  const bytes = Buffer.from(content);
  const header = new Header({ mode: 0o644, size: bytes.length, type: 'File', mtime: new Date(0), ...fields });
  const needsPax = header.encode();
  const extended = pax ?? (needsPax ? { path: fields.path, linkpath: fields.linkpath } : undefined);
  return [
    ...extended !== undefined ? [new Pax(extended as ConstructorParameters<typeof Pax>[0]).encode()] : [],
    patched(header.block!, patch),
    bytes,
    Buffer.alloc((BLOCK - bytes.length % BLOCK) % BLOCK),
  ];
}

/** What is in a compressed archive, in its order. */
export function unpacked(archive: Uint8Array): Map<string, UnpackedEntry> {
  const entries = new Map<string, UnpackedEntry>();
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry: ReadEntry) => {
      const chunks: Buffer[] = [];
      entry.on('data', (chunk) => { chunks.push(Buffer.from(chunk)); });
      entry.on('end', () => {
        entries.set(entry.path, { type: entry.type, content: Buffer.concat(chunks), mode: entry.mode, link: entry.linkpath });
      });
    },
  });
  parser.end(zlib.gunzipSync(archive));
  return entries;
}

/** The content of the files in a compressed archive, by path. */
export function unpackedFiles(archive: Uint8Array): { [path: string]: string } {
  return Object.fromEntries([...unpacked(archive)].filter(([, { type }]) => type === 'File').map(([path, { content }]) => [path, content.toString('latin1')]));
}

function patched(block: Buffer, patch: MadeEntry['patch']): Buffer {
  if (patch === undefined) {
    return block;
  }
  for (const [position, bytes] of Object.entries(patch)) {
    block.set(bytes, Number(position));
  }
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
