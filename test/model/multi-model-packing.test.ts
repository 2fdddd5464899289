import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { packForSharing, readForSharing } from '../../src/model/multi-model-packing';
import { filesOf, type MadeEntry, tarGzOf, tarOf, unpacked, unpackedFiles } from '../support/archives';

const HANDLER = 'def handler(data, context):\n    return data.read(), "application/json"\n';

/** A stream of bytes, a few at a time. */
function streamOf(bytes: Uint8Array, size = 100): Readable {
  return Readable.from((function* () {
    for (let from = 0; from < bytes.length; from += size) {
      yield bytes.subarray(from, from + size);
    }
  })());
}

async function packed(archive: Uint8Array, code?: Uint8Array): Promise<Buffer> {
  const { place } = await readForSharing(streamOf(archive), code !== undefined);
  const target = new PassThrough();
  const [chunks] = await Promise.all([target.toArray(), packForSharing(streamOf(archive), place, code && streamOf(code), target)]);
  return Buffer.concat(chunks);
}

test('the versions come to the root, with all that is in them, and the code stays', async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 251);
  const archive = tarGzOf(
    { path: 'm/', type: 'Directory' },
    ...filesOf({ 'm/1/saved_model.pb': 'graph', 'm/1/variables/variables.data-00000-of-00001': bytes, 'code/inference.py': HANDLER }),
  );
  const result = await packed(archive);
  expect([...unpacked(result).keys()]).toEqual(['1/saved_model.pb', '1/variables/variables.data-00000-of-00001', 'code/inference.py']);
  expect(unpackedFiles(result)).toEqual({
    '1/saved_model.pb': 'graph',
    '1/variables/variables.data-00000-of-00001': Buffer.from(bytes).toString('latin1'),
    'code/inference.py': HANDLER,
  });
});

test('other code takes the place of what there is', async () => {
  const archive = tarGzOf(...filesOf({ 'code/lib/old.py': 'x', 'm/1/saved_model.pb': 'graph', 'code/inference.py': 'no handler' }));
  const code = tarGzOf({ path: 'code/', type: 'Directory' }, ...filesOf({ 'code/inference.py': 'new', 'code/lib/new.py': '' }));
  expect(unpackedFiles(await packed(archive, code))).toEqual({ '1/saved_model.pb': 'graph', 'code/inference.py': 'new', 'code/lib/new.py': '' });
});

test('links stay links', async () => {
  const entries: MadeEntry[] = [
    ...filesOf({ 'm/1/saved_model.pb': 'graph', 'm/1/assets/v.txt': 'v' }),
    { path: 'm/2', type: 'SymbolicLink', linkpath: '1' },
    { path: 'm/1/assets/w.txt', type: 'Link', linkpath: './m/1/assets/v.txt' },
  ];
  const result = unpacked(await packed(tarGzOf(...entries)));
  expect(result.get('2')).toMatchObject({ type: 'SymbolicLink', link: '1' });
  expect(result.get('1/assets/w.txt')).toMatchObject({ type: 'Link', link: '1/assets/v.txt' });
});

test('the same archive becomes the same archive', async () => {
  const archive = tarGzOf(...filesOf({ 'm/1/saved_model.pb': 'graph' }).map((entry) => ({ ...entry, mtime: new Date(), mode: 0o600 })));
  expect((await packed(archive)).equals(await packed(tarGzOf(...filesOf({ 'm/1/saved_model.pb': 'graph' }))))).toBe(true);
});

describe('an error says what is wrong with an archive', () => {
  test.each<[string, Buffer, string]>([
    ['several faults', tarGzOf(...filesOf({ 'm/saved_model.pb': 'x', 'code/inference.py': 'x = 1' })),
      'it has no version of a model, and m/saved_model.pb where the container does not look; put it into a directory that is named by its version, '
      + 'as in my_model/1/saved_model.pb. It must define `handler`, or both `input_handler` and `output_handler`, in code/inference.py; the container calls no others'],
    ['one fault', tarGzOf(...filesOf({ 'm/1/saved_model.pb': 'x', 'code/lib/x': '' })),
      'it must hold code/inference.py: with packages alone the container stops converting CSV, JSON Lines and bare lists for TensorFlow Serving; '
      + 'add inference.py, or leave out the packages'],
    ['a pointer', tarGzOf(...filesOf({ 'm/1/saved_model.pb': 'x', 'm/1/big': 'version https://git-lfs.github.com/spec/v1\noid x\n' })),
      'it has only the Git LFS pointer of m/1/big; run `git lfs pull` and pack it again'],
    ['no compression', tarOf(...filesOf({ 'm/1/saved_model.pb': 'x' })), 'incorrect header check'],
    ['a cut', gzipSync(tarOf(...filesOf({ 'm/1/saved_model.pb': 'x'.repeat(2000) })).subarray(0, 1600)),
      'is cut off after m/1/saved_model.pb; copy or pack it again'],
  ])('%s', async (_, archive, message) => {
    await expect(readForSharing(streamOf(archive), false)).rejects.toThrow(new Error(message));
  });

  test.each(['read', 'packed'])('and one that breaks off while it is %s is an error', async (what) => {
    const whole = tarGzOf(...filesOf({ 'm/1/saved_model.pb': 'x'.repeat(100_000) }));
    const broken = Readable.from((function* () {
      yield whole.subarray(0, 50);
      throw new Error('connection lost');
    })());
    const target = new PassThrough().resume();
    await expect(what === 'read' ? readForSharing(broken, false) : packForSharing(broken, (path) => path, undefined, target)).rejects.toThrow('connection lost');
    expect(what === 'packed').toBe(target.destroyed);
    expect(broken.destroyed).toBe(true);
  });
});

test('a target that gives up closes what was to be packed', async () => {
  const source = streamOf(tarGzOf(...filesOf({ 'm/1/saved_model.pb': Buffer.from(Uint8Array.from({ length: 500_000 }, () => Math.random() * 256)) })));
  const closed = new Promise((resolve) => { source.once('close', resolve); });
  const target = new PassThrough();
  target.once('data', () => { target.destroy(new Error('gone')); });
  await expect(packForSharing(source, (path) => path, undefined, target)).rejects.toThrow('gone');
  await closed;
});
