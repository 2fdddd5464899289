/** A file that is no SavedModel, and how to get one from it. */
export interface ForeignFile {
  /** To be read after "there is" or "it is": "a Keras file". */
  readonly what: string;
  readonly remedy: string;
}

const EXPORT_AGAIN = 'export the model as a SavedModel, with `tf.saved_model.save(model, directory)`';
const CONVERT = 'the container serves SavedModels only: convert the model';

/** What people take for a SavedModel, by the file's name; the first pattern that matches counts. */
const BY_NAME: ReadonlyArray<readonly [name: RegExp, ForeignFile]> = [
  [/^saved_model\.pbtxt$/i, {
    what: 'a SavedModel in text form, which the container ignores',
    remedy: 'write it in binary form, with `as_text=False`',
  }],
  [/^saved_model\.cpb$/i, {
    what: 'a SavedModel in chunks, which the container ignores',
    remedy: 'save it without `experimental_image_format`',
  }],
  [/\.(keras|h5|hdf5)$/i, {
    what: 'a Keras file',
    remedy: 'export the model as a SavedModel, with `keras.models.load_model(file).export(directory)`',
  }],
  [/\.tflite$/i, {
    what: 'a model for TensorFlow Lite',
    remedy: 'export the model that it was converted from as a SavedModel, with `tf.saved_model.save(model, directory)`',
  }],
  [/^export\.meta$/i, { what: 'a SessionBundle, the format before SavedModel', remedy: EXPORT_AGAIN }],
  [/\.(tar|tar\.gz|tgz|tar\.bz2|tar\.xz|zip)$/i, {
    what: 'an archive',
    remedy: 'give an archive to `ModelArtifact.fromArchive`, or unpack it and give the directory',
  }],
  [/\.onnx$/i, { what: 'an ONNX model', remedy: CONVERT }],
  [/\.(pt|pth|safetensors)$/i, { what: 'a model that is not TensorFlow\'s', remedy: CONVERT }],
  [/^(checkpoint|(?!variables\.).*\.(meta|ckpt|index))$/i, { what: 'a training checkpoint, which has no graph to serve', remedy: EXPORT_AGAIN }],
  [/^(?!saved_model\.pb$|fingerprint\.pb$|keras_metadata\.pb$).*\.pb$/i, { what: 'a frozen graph or another protocol buffer', remedy: EXPORT_AGAIN }],
];

/** What files with other names than `saved_model.pb` start with that bear this name. */
const BY_CONTENT: ReadonlyArray<readonly [start: string, ForeignFile]> = [
  ['1f8b', { what: 'a gzip archive', remedy: 'unpack it' }],
  ['504b0304', { what: 'a zip archive, as .keras files are', remedy: EXPORT_AGAIN }],
  ['894844460d0a1a0a', { what: 'an HDF5 file, as Keras used to write them', remedy: EXPORT_AGAIN }],
];

const GIT_LFS = 'version https://git-lfs';

/** As much of a file as `foreignContent` looks at. */
export const SNIFFED_BYTES = 1024;

/** What a file is that is taken for a SavedModel, going by its name. */
export function foreignName(fileName: string): ForeignFile | undefined {
  return BY_NAME.find(([name]) => name.test(fileName))?.[1];
}

/** Of these paths, the first whose file is taken for a SavedModel; what comes first in the table comes first here. */
export function findForeignFile(paths: readonly string[]): { readonly path: string; readonly file: ForeignFile } | undefined {
  const found = paths.flatMap((path) => {
    const file = foreignName(path.slice(path.lastIndexOf('/') + 1));
    return file !== undefined ? [{ path, file }] : [];
  });
  const rank = ({ file }: { readonly file: ForeignFile }) => BY_NAME.findIndex(([, candidate]) => candidate === file);
  return found.sort((a, b) => rank(a) - rank(b))[0];
}

/** What a file holds where it should hold a protocol buffer, a checkpoint's index or weights; undefined where that may well be. */
export function foreignContent(start: Buffer): ForeignFile | undefined {
  return gitLfsPointer(start) ?? BY_CONTENT.find(([mark]) => start.toString('hex', 0, mark.length / 2) === mark)?.[1] ?? text(start);
}

/** Whether a file holds a pointer of Git LFS in the place of its content. */
export function gitLfsPointer(start: Buffer): ForeignFile | undefined {
  return start.toString('latin1', 0, GIT_LFS.length) === GIT_LFS
    ? { what: 'a Git LFS pointer, not the file itself', remedy: 'fetch the file with `git lfs pull`' }
    : undefined;
}

function text(start: Buffer): ForeignFile | undefined {
  const printable = start.every((byte) => byte >= 32 && byte < 127 || byte === 9 || byte === 10 || byte === 13 || byte >= 128);
  if (start.length === 0 || !printable || start[0] >= 128) {
    return undefined;
  }
  const content = start.toString('utf8').trimStart();
  const kind = content.startsWith('{') || content.startsWith('[') ? 'JSON' : content.startsWith('<') ? 'HTML or XML' : 'text';
  return { what: `${kind}, not a protocol buffer`, remedy: EXPORT_AGAIN };
}
