import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as ts from 'typescript';

const ROOT = path.join(__dirname, '..', '..');

/** A project whose node_modules has the package as npm would install it, next to this repository's own dependencies. */
let project: string;

beforeAll(() => {
  if (!fs.existsSync(path.join(ROOT, 'lib', 'index.js'))) {
    throw new Error('the package is not compiled: run `npx projen compile` first');
  }
  project = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-tensorflow-serving-consumer-'));
  const modules = path.join(project, 'node_modules');
  const installed = path.join(modules, 'cdk-tensorflow-serving');
  fs.mkdirSync(installed, { recursive: true });
  // the scripts around packing change package.json while they run, which other tests read
  const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], {
    cwd: ROOT, encoding: 'utf-8', stdio: ['ignore', 'pipe', 'ignore'],
  }));
  execFileSync('tar', ['xzf', path.join(project, filename), '-C', installed, '--strip-components=1']);
  for (const name of ['aws-cdk-lib', 'constructs', '@aws-sdk', '@smithy', '@types']) {
    fs.symlinkSync(path.join(ROOT, 'node_modules', name), path.join(modules, name));
  }
}, 120_000);

afterAll(() => {
  fs.rmSync(project, { recursive: true, force: true });
});

const SOURCE = `
import { App, Stack } from 'aws-cdk-lib';
import { InstanceType, TensorFlowVersion } from 'cdk-tensorflow-serving';
import { TensorFlowServingClient } from 'cdk-tensorflow-serving/runtime';

const stack = new Stack(new App(), 'Stack');
export const type: InstanceType = InstanceType.of('ml.c5.large');
export const version: TensorFlowVersion = TensorFlowVersion.V2_19;
export const client = new TensorFlowServingClient({ endpointName: stack.stackName });
// @ts-expect-error the types are there: a number is no instance type
InstanceType.of(7);
// @ts-expect-error the types are there: a client needs an endpoint
new TensorFlowServingClient({});
`;

test.each([
  ['node10', ts.ModuleResolutionKind.Node10, ts.ModuleKind.CommonJS, 'consumer.ts'],
  ['node16, CommonJS', ts.ModuleResolutionKind.Node16, ts.ModuleKind.Node16, 'consumer.cts'],
  ['node16, ESM', ts.ModuleResolutionKind.Node16, ts.ModuleKind.Node16, 'consumer.mts'],
  ['bundler', ts.ModuleResolutionKind.Bundler, ts.ModuleKind.ESNext, 'consumer.ts'],
])('is found with its types by TypeScript\'s resolution %s', (_, moduleResolution, module, file) => {
  const source = path.join(project, file);
  fs.writeFileSync(source, SOURCE);
  const program = ts.createProgram([source], {
    moduleResolution,
    module,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    ignoreDeprecations: '6.0',
  });
  expect(ts.getPreEmitDiagnostics(program).map((d) => ts.flattenDiagnosticMessageText(d.messageText, '\n'))).toEqual([]);
}, 60_000);

const run = (extension: string, code: string) => {
  const file = path.join(project, `run.${extension}`);
  fs.writeFileSync(file, code);
  return execFileSync(process.execPath, [file], { cwd: project, encoding: 'utf-8' }).trim();
};

test('runs from CommonJS', () => {
  expect(run('cjs', `
    const { InstanceType } = require('cdk-tensorflow-serving');
    const { TensorFlowServingClient } = require('cdk-tensorflow-serving/runtime');
    console.log(String(InstanceType.of('ml.c5.large')), typeof TensorFlowServingClient);
  `)).toBe('ml.c5.large function');
});

test('runs from ESM', () => {
  expect(run('mjs', `
    import { InstanceType } from 'cdk-tensorflow-serving';
    import { TensorFlowServingClient } from 'cdk-tensorflow-serving/runtime';
    console.log(String(InstanceType.of('ml.c5.large')), typeof TensorFlowServingClient);
  `)).toBe('ml.c5.large function');
});

test('lets tools read its manifest and its jsii assembly, and nobody reach inside', () => {
  expect(run('cjs', `
    const jsii = require('cdk-tensorflow-serving/package.json').jsii;
    let closed;
    try { require('cdk-tensorflow-serving/lib/private/errors'); } catch (error) { closed = error.code; }
    console.log(typeof jsii.targets.python, require.resolve('cdk-tensorflow-serving/.jsii').endsWith('.jsii'), closed);
  `)).toBe('object true ERR_PACKAGE_PATH_NOT_EXPORTED');
});

test('the client loads no CDK', () => {
  expect(run('cjs', `
    require('cdk-tensorflow-serving/runtime');
    console.log(Object.keys(require.cache).filter((file) => /aws-cdk-lib|constructs/.test(file)).length);
  `)).toBe('0');
});

test('has the command line', () => {
  const bin = path.join(project, 'node_modules', 'cdk-tensorflow-serving', 'bin', 'cdk-tensorflow-serving.js');
  expect(execFileSync(process.execPath, [bin, '--help'], { encoding: 'utf-8' })).toContain('inspect');
});

test('has no tests, no examples and nothing of the machine that it was made on', () => {
  const files = execFileSync('find', ['.', '-type', 'f', '-not', '-path', './node_modules/*'], {
    cwd: path.join(project, 'node_modules', 'cdk-tensorflow-serving'), encoding: 'utf-8',
  }).trim().split('\n').map((file) => file.split('/')[1]);
  expect([...new Set(files)].sort()).toEqual(['.jsii', 'API.md', 'CHANGELOG.md', 'LICENSE', 'README.md', 'assets', 'bin', 'lib', 'package.json']);
});
