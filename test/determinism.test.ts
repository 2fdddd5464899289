import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { InferenceCode, InstanceType, ModelArtifact, ModelFromArtifact, TensorFlowServingEndpoint, TensorFlowVersion } from '../src';
import { MODELS } from './support/synthesis';

let work: string;

beforeAll(() => {
  work = fs.mkdtempSync(path.join(os.tmpdir(), 'determinism-'));
});

afterAll(() => {
  fs.rmSync(work, { recursive: true, force: true });
});

/** A folder with a model and code, whose files have other times and modes than those of another one. */
function folder(name: string, mode: number, time: Date): string {
  const directory = path.join(work, name);
  fs.cpSync(path.join(MODELS, 'half_plus_three'), path.join(directory, 'half_plus_three'), { recursive: true });
  fs.cpSync(path.join(__dirname, '..', 'integ', 'inference'), path.join(directory, 'inference'), { recursive: true });
  for (const entry of fs.readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile()) {
      fs.chmodSync(file, mode);
    }
    fs.utimesSync(file, time, time);
  }
  return directory;
}

/** Each template and each archive that an app in a folder comes to. */
function synthesized(directory: string, outdir: string): Record<string, string> {
  const app = new App({ outdir: path.join(directory, outdir) });
  for (const [id, env] of [['Concrete', { account: '123456789012', region: 'us-east-1' }], ['Agnostic', undefined]] as const) {
    const stack = new Stack(app, id, { env });
    const model = new ModelFromArtifact(stack, 'Model', {
      artifact: ModelArtifact.fromSavedModel(path.join(directory, 'half_plus_three')),
      version: TensorFlowVersion.V2_19,
      code: InferenceCode.fromDirectory(path.join(directory, 'inference')),
    });
    new TensorFlowServingEndpoint(stack, 'Endpoint', { model, instanceType: InstanceType.of('ml.c5.large') });
  }
  const { directory: assembly } = app.synth();
  return Object.fromEntries(fs.readdirSync(assembly)
    .filter((file) => /\.(template\.json|tar\.gz)$/.test(file))
    .map((file) => [file, createHash('sha256').update(fs.readFileSync(path.join(assembly, file))).digest('hex')]));
}

test('the same source makes the same templates and archives, twice and in two folders', () => {
  const one = folder('one', 0o644, new Date(2020, 1, 1));
  const other = folder('other', 0o600, new Date(2026, 5, 5));
  const first = synthesized(one, 'first.out');
  expect(Object.keys(first).sort()).toEqual(['Agnostic.template.json', 'Concrete.template.json', expect.stringMatching(/^asset\.[0-9a-f]{64}\.tar\.gz$/)].sort());
  expect(synthesized(one, 'second.out')).toEqual(first);
  expect(synthesized(other, 'first.out')).toEqual(first);
});

test('a changed byte of the model makes other ones', () => {
  const changed = folder('changed', 0o644, new Date(2020, 1, 1));
  const before = synthesized(changed, 'before.out');
  fs.appendFileSync(path.join(changed, 'half_plus_three', '00000123', 'assets', 'foo.txt'), '!');
  const after = synthesized(changed, 'after.out');
  expect(Object.values(after)).toHaveLength(3);
  expect(Object.values(after).filter((hash) => Object.values(before).includes(hash))).toEqual([]);
});
