import type { Fault } from './code-layout';
import type { TarEntry } from '../private/tar-reader';

/** As many links as Linux follows. */
const MOST_LINKS = 40;

/** Stands for every place outside of the archive. */
const OUTSIDE = '..';

/** More directories than any model has: links that lead to each other multiply them. */
const MOST_DIRECTORIES = 100_000;

/** What is on disk once an archive is unpacked. */
export class ArchiveTree {
  /** What could not be unpacked, or not where it belongs. */
  public readonly faults: Fault[] = [];
  private readonly nodes = new Map<string, TarEntry>();
  private readonly children = new Map<string, Set<string>>([['', new Set()]]);

  constructor(entries: readonly TarEntry[]) {
    for (const entry of entries.filter(({ path }) => path !== '')) {
      this.add(entry);
    }
    for (const entry of this.nodes.values()) {
      this.checkLink(entry);
    }
  }

  /** The paths of everything but directories, in the order of their bytes. */
  public get files(): string[] {
    return [...this.nodes.values()].filter(({ type }) => type !== 'directory').map(({ path }) => path)
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  /** What is at a path itself, be it a link. */
  public at(path: string): TarEntry | undefined {
    return this.nodes.get(path);
  }

  /** The names of the directories in a directory. */
  public directoriesIn(path: string): string[] {
    const real = this.resolve(path);
    return real === undefined ? [] : [...this.children.get(real) ?? []]
      .filter((name) => this.children.has(this.resolve(join(real, name)) ?? 'nowhere/'));
  }

  /** Whether an entry is a link to what is below a directory. */
  public leadsInto(entry: TarEntry, directory: string): boolean {
    const target = entry.type === 'hardLink' ? hardLinkTarget(entry) : entry.type === 'symbolicLink' ? this.resolve(entry.path) : undefined;
    return target === directory || target?.startsWith(`${directory}/`) === true;
  }

  /** The paths that lead to files of a name, also by links to directories, as a program sees them that walks the tree. */
  public pathsTo(name: string): string[] {
    const found: string[] = [];
    let directories = 0;
    const visit = (shown: string, real: string, above: string[]) => {
      directories++;
      for (const child of [...this.children.get(real) ?? []].sort()) {
        const path = join(shown, child);
        const target = this.resolve(join(real, child));
        if (target === undefined || directories > MOST_DIRECTORIES) {
          continue;
        }
        if (this.children.has(target)) {
          if (!above.includes(target)) {
            visit(path, target, [...above, target]);
          }
        } else if (child === name) {
          found.push(path);
        }
      }
    };
    visit('', '', ['']);
    return found;
  }

  private add(entry: TarEntry): void {
    const parts = entry.path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const above = parts.slice(0, depth).join('/');
      const node = this.nodes.get(above);
      if (node !== undefined && node.type !== 'directory') {
        this.faults.push({ rule: `has ${entry.path} below ${above}, which is no directory`, remedy: 'pack it again' });
        return;
      }
      this.addDirectory(above);
    }
    if (entry.type === 'directory' ? this.at(entry.path) !== undefined && !this.children.has(entry.path) : this.children.has(entry.path)) {
      this.faults.push({ rule: `has ${entry.path} twice, once as a directory`, remedy: 'pack it again' });
    } else if (entry.type === 'directory') {
      this.addDirectory(entry.path);
    } else {
      // what comes later replaces what came before
      this.nodes.set(entry.path, entry);
      this.children.get(parentOf(entry.path))!.add(entry.path.slice(entry.path.lastIndexOf('/') + 1));
      if (entry.type === 'hardLink' && this.nodes.get(hardLinkTarget(entry)) === undefined) {
        this.faults.push({ rule: `has a link to a file that is not in it before, ${entry.path} -> ${entry.target}`, remedy: 'pack the file itself' });
      }
    }
  }

  private addDirectory(path: string): void {
    if (!this.children.has(path)) {
      this.nodes.set(path, { path, type: 'directory', size: 0, target: '' });
      this.children.set(path, new Set());
      this.children.get(parentOf(path))!.add(path.slice(path.lastIndexOf('/') + 1));
    }
  }

  private checkLink(entry: TarEntry): void {
    if (entry.type === 'symbolicLink' && this.follow('', entry.path) === OUTSIDE) {
      this.faults.push({ rule: `has a link that leaves it, ${entry.path} -> ${entry.target}`, remedy: 'pack the file itself, as with `tar -h`' });
    }
  }

  /** What a path leads to; undefined where there is nothing. */
  private resolve(path: string): string | undefined {
    const real = this.follow('', path);
    return real === '' || (real !== undefined && this.nodes.has(real)) ? real : undefined;
  }

  /** Where a path leads, whether there is something or not; undefined where it leads in circles. */
  private follow(from: string, path: string, budget = { links: MOST_LINKS }): string | undefined {
    if (path.startsWith('/')) {
      return OUTSIDE;
    }
    let real = from;
    for (const part of path.split('/').filter((name) => name !== '' && name !== '.')) {
      if (part === '..') {
        if (real === '') {
          return OUTSIDE;
        }
        real = parentOf(real);
        continue;
      }
      const next = join(real, part);
      const node = this.nodes.get(next);
      if (node?.type !== 'symbolicLink') {
        real = next;
        continue;
      }
      budget.links--;
      const led = budget.links < 0 ? undefined : this.follow(real, node.target, budget);
      if (led === undefined || led === OUTSIDE) {
        return led;
      }
      real = led;
    }
    return real;
  }
}

/** The path of the file that a hard link is another name of; no path of a file where it cannot be one. */
function hardLinkTarget({ target }: TarEntry): string {
  const parts = target.split('/');
  return target.startsWith('/') || parts.includes('..') ? OUTSIDE : parts.filter((part) => part !== '' && part !== '.').join('/');
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function join(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}
