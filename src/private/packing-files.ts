import * as fs from 'node:fs';
import * as path from 'node:path';
import { attempt, PackingError } from './packing-error';

/** A file to pack. */
export interface PackedFile {
  /** Its path in the archive, with slashes. */
  readonly path: string;
  /** Where its content is. */
  readonly source: string;
  /** What the system says of it. */
  readonly stats: fs.Stats;
}

/** What systems and tools leave behind, which no model needs and which would change its hash. */
const LEFT_BEHIND = new Set([
  '.DS_Store', 'Thumbs.db', '__pycache__', '.ipynb_checkpoints', '.mypy_cache', '.pytest_cache', '.ruff_cache',
  '.git', '.hg', '.svn', '.idea', '.vscode', '.venv', 'venv', '.env',
]);

/** What Git LFS puts in the place of a large file. */
const LFS_POINTER = Buffer.from('version https://git-lfs.github.com/spec/');

/** A pointer is smaller than this, says its specification. */
export const LFS_POINTER_SIZE = 1024;

/**
 * The files in a directory and below, in the order of their paths' bytes.
 *
 * Links are followed, as long as they stay inside of the root.
 *
 * @param directory the directory to look into
 * @param options.prefix what goes before each path in the archive, such as `code`; none: the empty text
 * @param options.root the directory that links must not leave
 */
export function listFiles(directory: string, options: { readonly prefix: string; readonly root: string }): PackedFile[] {
  const files: PackedFile[] = [];
  const root = fs.realpathSync(options.root);
  walk(directory, options.prefix, []);
  return files.map((file) => ({ file, bytes: Buffer.from(file.path) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ file }) => file);

  function walk(from: string, prefix: string, above: string[]): void {
    const real = attempt(from, () => fs.realpathSync(from));
    if (above.includes(real)) {
      throw new PackingError(`has a link to a directory that it is in, ${from}`, 'remove the link');
    }
    for (const name of attempt(from, () => fs.readdirSync(from, { encoding: 'buffer' }))) {
      const text = name.toString();
      const source = path.join(from, text);
      if (!Buffer.from(text).equals(name)) {
        throw new PackingError(`has a file whose name is not UTF-8, ${source}`, 'rename it');
      }
      if (!isLeftBehind(text)) {
        visit(source, prefix === '' ? text : `${prefix}/${text}`, [...above, real]);
      }
    }
  }

  function visit(source: string, archivePath: string, above: string[]): void {
    let stats = attempt(source, () => fs.lstatSync(source));
    if (stats.isSymbolicLink()) {
      checkLink(source);
      stats = attempt(source, () => fs.statSync(source));
    }
    if (stats.isDirectory()) {
      walk(source, archivePath, above);
    } else if (stats.isFile()) {
      checkContent(source, stats.size);
      files.push({ path: archivePath, source, stats });
    } else {
      const kind = stats.isFIFO() ? 'a named pipe' : stats.isSocket() ? 'a socket' : 'a device';
      throw new PackingError(`has ${kind}, ${source}`, 'remove it: only files can be packed');
    }
  }

  function checkLink(link: string): void {
    if (!fs.existsSync(link)) {
      throw new PackingError(`has a link that leads nowhere, ${link} -> ${attempt(link, () => fs.readlinkSync(link))}`, 'remove the link');
    }
    const target = attempt(link, () => fs.realpathSync(link));
    const inside = path.relative(root, target);
    if (inside === '..' || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside)) {
      throw new PackingError(`has a link that leaves it, ${link} -> ${target}`, 'put the file itself there');
    }
  }
}

/** Whether a name is that of something that is never packed. */
export function isLeftBehind(name: string): boolean {
  return LEFT_BEHIND.has(name) || name.endsWith('.pyc');
}

/** Whether the first bytes of a file are those of a Git LFS pointer. */
export function isLfsPointer(start: Uint8Array): boolean {
  return LFS_POINTER.equals(start.subarray(0, LFS_POINTER.length));
}

function checkContent(source: string, size: number): void {
  if (size >= LFS_POINTER_SIZE || size < LFS_POINTER.length) {
    return;
  }
  if (isLfsPointer(attempt(source, () => fs.readFileSync(source)))) {
    throw new PackingError(`has only the Git LFS pointer of a file, ${source}`, 'run `git lfs pull`');
  }
}
