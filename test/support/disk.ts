import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** The content of a directory: a text or bytes for a file, a tree for a directory, a link by its target. */
export interface Tree {
  readonly [name: string]: string | Uint8Array | Tree | Link;
}

/** A symbolic link. */
export class Link {
  constructor(readonly target: string) {}
}

const made: string[] = [];

afterAll(() => {
  for (const directory of made.splice(0)) {
    fs.rmSync(directory, { recursive: true, force: true });
  }
});

/** A new directory with this content, which is gone after the tests of the file. */
export function temporaryDirectory(tree: Tree = {}): string {
  const directory = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-tensorflow-serving-')));
  made.push(directory);
  writeTree(directory, tree);
  return directory;
}

/** Writes files and directories, in the order given. */
export function writeTree(directory: string, tree: Tree): void {
  fs.mkdirSync(directory, { recursive: true });
  for (const [name, content] of Object.entries(tree)) {
    const target = path.join(directory, name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    if (typeof content === 'string' || content instanceof Uint8Array) {
      fs.writeFileSync(target, content);
    } else if (content instanceof Link) {
      fs.symlinkSync(content.target, target);
    } else {
      writeTree(target, content);
    }
  }
}
