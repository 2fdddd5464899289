import { findForeignFile, foreignContent, foreignName, gitLfsPointer } from '../../src/saved-model/foreign-files';

const SAVE = 'export the model as a SavedModel, with `tf.saved_model.save(model, directory)`';
const KERAS = 'export the model as a SavedModel, with `keras.models.load_model(file).export(directory)`';
const ARCHIVE = 'give an archive to `ModelArtifact.fromArchive`, or unpack it and give the directory';
const CONVERT = 'the container serves SavedModels only: convert the model';

test.each([
  ['saved_model.pbtxt', 'a SavedModel in text form, which the container ignores', 'write it in binary form, with `as_text=False`'],
  ['saved_model.cpb', 'a SavedModel in chunks, which the container ignores', 'save it without `experimental_image_format`'],
  ['model.keras', 'a Keras file', KERAS],
  ['weights.h5', 'a Keras file', KERAS],
  ['MODEL.HDF5', 'a Keras file', KERAS],
  ['m.tflite', 'a model for TensorFlow Lite',
    'export the model that it was converted from as a SavedModel, with `tf.saved_model.save(model, directory)`'],
  ['export.meta', 'a SessionBundle, the format before SavedModel', SAVE],
  ['model.tar.gz', 'an archive', ARCHIVE],
  ['model.tgz', 'an archive', ARCHIVE],
  ['model.tar', 'an archive', ARCHIVE],
  ['model.zip', 'an archive', ARCHIVE],
  ['m.onnx', 'an ONNX model', CONVERT],
  ['m.pt', "a model that is not TensorFlow's", CONVERT],
  ['m.safetensors', "a model that is not TensorFlow's", CONVERT],
  ['checkpoint', 'a training checkpoint, which has no graph to serve', SAVE],
  ['model.ckpt-12.meta', 'a training checkpoint, which has no graph to serve', SAVE],
  ['ckpt-1.index', 'a training checkpoint, which has no graph to serve', SAVE],
  ['frozen_inference_graph.pb', 'a frozen graph or another protocol buffer', SAVE],
])('a file named %s is %s', (name, what, remedy) => {
  expect(foreignName(name)).toEqual({ what, remedy });
});

test.each(['saved_model.pb', 'fingerprint.pb', 'keras_metadata.pb', 'readme.md', 'variables.index', 'variables.data-00000-of-00001', 'foo.txt', 'mytar'])(
  'a file named %s is taken for nothing else', (name) => {
    expect(foreignName(name)).toBeUndefined();
  });

test('among several files, the one that is nearest to a SavedModel is told', () => {
  expect(findForeignFile(['frozen.pb', 'a/model.h5', 'b/saved_model.pbtxt', 'c.tar'])?.path).toBe('b/saved_model.pbtxt');
  expect(findForeignFile(['frozen.pb', 'a/model.h5', 'b/model.h5'])?.path).toBe('a/model.h5');
  expect(findForeignFile(['readme.md'])).toBeUndefined();
});

test.each([
  ['version https://git-lfs.github.com/spec/v1\noid sha256:0\n', 'a Git LFS pointer, not the file itself', 'fetch the file with `git lfs pull`'],
  ['{"a": 1}', 'JSON, not a protocol buffer', SAVE],
  ['\n  [1]', 'JSON, not a protocol buffer', SAVE],
  ['<html>', 'HTML or XML, not a protocol buffer', SAVE],
  ['saved_model_schema_version: 1\n', 'text, not a protocol buffer', SAVE],
  ['Zoë', 'text, not a protocol buffer', SAVE],
  ['\u001f\u008b\b', 'a gzip archive', 'unpack it'],
  ['PK\u0003\u0004', 'a zip archive, as .keras files are', SAVE],
  ['\u0089HDF\r\n\u001a\n', 'an HDF5 file, as Keras used to write them', SAVE],
])('a file that starts with %j is %s', (start, what, remedy) => {
  expect(foreignContent(Buffer.from(start, /[ë]/.test(start) ? 'utf8' : 'latin1'))).toEqual({ what, remedy });
});

test.each([[[8, 1, 18, 4]], [[18, 4]], [[0, 0, 8, 8]], [[]], [[200, 97]]])('bytes %j may be a protocol buffer or a table', (bytes) => {
  expect(foreignContent(Buffer.from(bytes))).toBeUndefined();
});

test('weights may hold anything but a pointer of Git LFS', () => {
  expect(gitLfsPointer(Buffer.from('{"a": 1}'))).toBeUndefined();
  expect(gitLfsPointer(Buffer.from('version https://git-lfs.github.com/spec/v1\n'))?.what).toBe('a Git LFS pointer, not the file itself');
});
