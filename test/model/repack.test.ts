import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import * as tar from 'tar';
import { repack } from '../../src/model/repack';

let work: string;

beforeEach(() => {
  work = fs.mkdtempSync(path.join(os.tmpdir(), 'repack-'));
});

afterEach(() => {
  fs.rmSync(work, { recursive: true, force: true });
});

/** A tar.gz of the files, in their order. */
function archive(files: Record<string, string | Buffer>, prefix = ''): string {
  const root = fs.mkdtempSync(path.join(work, 'files-'));
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), content);
  }
  const file = `${root}.tar.gz`;
  tar.create({ file, gzip: true, sync: true, cwd: root, prefix }, Object.keys(files));
  return file;
}

async function repacked(model: string, code: string): Promise<Record<string, Buffer>> {
  const target = new PassThrough();
  const chunks: Buffer[] = [];
  target.on('data', (chunk) => chunks.push(chunk));
  await Promise.all([
    repack(fs.createReadStream(model), fs.createReadStream(code), target),
    new Promise((resolve) => target.on('end', resolve)),
  ]);
  const file = path.join(work, 'out.tar.gz');
  fs.writeFileSync(file, Buffer.concat(chunks));
  const out = path.join(work, 'out');
  fs.mkdirSync(out);
  tar.extract({ file, cwd: out, sync: true, strict: true });
  const found: Record<string, Buffer> = {};
  for (const entry of fs.readdirSync(out, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      const full = path.join(entry.parentPath, entry.name);
      found[path.relative(out, full)] = fs.readFileSync(full);
    }
  }
  return found;
}

const text = (files: Record<string, Buffer>) => Object.fromEntries(Object.entries(files).map(([name, content]) => [name, content.toString()]));

test('the model stays, its code goes, the new code comes', async () => {
  const model = archive({
    'm/1/saved_model.pb': 'graph', 'm/1/variables/variables.index': 'index', 'code/inference.py': 'old', 'code/lib/old.py': 'old',
  });
  const code = archive({ 'code/inference.py': 'new', 'code/requirements.txt': 'numpy' });
  expect(text(await repacked(model, code))).toEqual({
    'm/1/saved_model.pb': 'graph',
    'm/1/variables/variables.index': 'index',
    'code/inference.py': 'new',
    'code/requirements.txt': 'numpy',
  });
});

test('an archive whose paths start with ./ is understood', async () => {
  const model = archive({ 'm/1/saved_model.pb': 'graph', 'code/inference.py': 'old' }, '.');
  expect(text(await repacked(model, archive({ 'code/inference.py': 'new' })))).toEqual({ 'm/1/saved_model.pb': 'graph', 'code/inference.py': 'new' });
});

test('what only starts like the code stays', async () => {
  const model = archive({ 'codes/1/saved_model.pb': 'graph', 'm/code/x': 'x' });
  expect(text(await repacked(model, archive({ 'code/inference.py': 'new' })))).toEqual({
    'codes/1/saved_model.pb': 'graph', 'm/code/x': 'x', 'code/inference.py': 'new',
  });
});

test('large files arrive to the byte', async () => {
  const weights = randomBytes(20 * 1024 * 1024);
  const name = `m/1/${'long/'.repeat(60)}variables.data`;
  const files = await repacked(archive({ 'm/1/saved_model.pb': 'graph', [name]: weights }), archive({ 'code/inference.py': 'new' }));
  const hash = (content: Buffer) => createHash('sha256').update(content).digest('hex');
  expect(hash(files[name])).toBe(hash(weights));
});

test.each([
  ['no SavedModel', { 'model.h5': 'x' }],
  ['a SavedModel without a version', { 'm/saved_model.pb': 'x' }],
  ['a SavedModel whose version is no number', { 'm/v1/saved_model.pb': 'x' }],
])('%s is an error', async (_, files) => {
  await expect(repacked(archive(files as unknown as Record<string, string>), archive({ 'code/inference.py': 'new' }))).rejects.toThrow(
    'it has no SavedModel where the serving container looks for one: NAME/VERSION/saved_model.pb, with a number as VERSION');
});

test('what is no archive is an error', async () => {
  await expect(repack(Readable.from([Buffer.from('not an archive at all'.repeat(100))]), Readable.from([]), new PassThrough())).rejects.toThrow();
});

test('a truncated archive is an error', async () => {
  const model = archive({ 'm/1/saved_model.pb': 'graph', 'm/1/weights': randomBytes(100_000) });
  fs.truncateSync(model, 50_000);
  await expect(repacked(model, archive({ 'code/inference.py': 'new' }))).rejects.toThrow();
});
