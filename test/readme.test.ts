import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

const ROOT = path.join(__dirname, '..');
const README = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf-8');
const SNIPPETS = [...README.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code);

/** What TypeScript finds in a snippet that stands where a user of the package would write it. */
function problems(code: string): string[] {
  const file = path.join(ROOT, 'snippet.mjs');
  const options: ts.CompilerOptions = {
    allowJs: true,
    checkJs: true,
    strict: false,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: ['node'],
    paths: { 'cdk-tensorflow-serving/runtime': [path.join(ROOT, 'src', 'runtime', 'index.ts')] },
  };
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (name) => name === file || ts.sys.fileExists(name);
  host.readFile = (name) => name === file ? code : readFile(name);
  host.getSourceFile = (name, target) => name === file ? ts.createSourceFile(name, code, target) : getSourceFile(name, target);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program, program.getSourceFile(file)).map((d) => ts.flattenDiagnosticMessageText(d.messageText, '\n'));
}

// the samples in TypeScript are compiled by the task `rosetta`
test('the README has samples of the client', () => {
  expect(SNIPPETS).toHaveLength(3);
});

test.each(SNIPPETS)('the sample compiles:\n%s', (code) => {
  expect(problems(code)).toEqual([]);
}, 60_000);

test('a wrong sample would not', () => {
  expect(problems(SNIPPETS[0].replace('endpointName', 'endpoint'))).toEqual([expect.stringContaining('endpoint')]);
});
