import { type FoundVersion, type SavedModel, type SignatureFeature, type SignatureTensor } from '../saved-model';
import { type Terminal } from './command';
import { printable } from './printable';

/** A model that was found, with what each of its versions says of itself. */
export interface InspectedModel {
  readonly name: string;
  readonly versions: ReadonlyArray<FoundVersion & { readonly savedModel: SavedModel }>;
}

/** Lines are kept as short as this where what they say allows it. */
const WIDTH = 90;

/** Names up to this length share a line with what is said of them. */
const NAME_WIDTH = 36;

const LABEL_WIDTH = 12;

/** Models as tables for people. */
export function renderModels(models: readonly InspectedModel[], terminal: Pick<Terminal, 'stdout' | 'env'>): string {
  const noColor = terminal.env.NO_COLOR;
  const isPlain = terminal.stdout.isTTY !== true || (noColor !== undefined && noColor !== '') || terminal.env.TERM === 'dumb';
  const heading = (text: string) => isPlain ? printable(text) : `\u001b[1m${printable(text)}\u001b[22m`;
  const blocks = models.flatMap(({ name, versions }) => versions.map((version) => [
    heading(`Model ${name}, version ${version.version}`),
    ...renderSavedModel(version.savedModel).map((line) => `  ${printable(line)}`.trimEnd()),
  ].join('\n')));
  return `${blocks.join('\n\n')}\n`;
}

function renderSavedModel({ path, serving, metaGraphs, variables, variableBytes }: SavedModel): string[] {
  const others = metaGraphs.filter((metaGraph) => metaGraph !== serving).map(({ tags }) => `{${tags.join(', ')}}`);
  const tensors = serving.signatures.flatMap(({ inputs, outputs, features }) => [...inputs, ...features ?? [], ...outputs]);
  const nameWidth = Math.min(NAME_WIDTH, Math.max(0, ...tensors.map(({ name }) => name.length)));
  const typeWidth = Math.max(0, ...tensors.map(({ dtype }) => dtype.length));
  return [
    ...facts('Directory', [path]),
    ...facts('TensorFlow', [serving.tensorFlowVersion ?? 'unknown']),
    ...facts('Tags', serving.tags),
    ...others.length > 0 ? facts('Also has', others) : [],
    ...facts('Variables', [variables.length === 0 ? 'none' : `${variables.length}, ${byteText(variableBytes)}`]),
    ...facts('Assets', serving.assets.length === 0 ? ['none'] : serving.assets),
    ...serving.signatures.length === 0 ? facts('Signatures', ['none: nothing can be asked']) : [],
    ...serving.signatures.flatMap(({ name, method, inputs, outputs, features = [] }) => [
      '',
      `Signature ${name}`,
      `  Method    ${method === '' ? 'none' : method}`,
      ...inputs.flatMap((tensor) => tensorLines('  Input     ', tensor, nameWidth, typeWidth)),
      ...features.flatMap((feature) => featureLines('  Feature   ', feature, nameWidth, typeWidth)),
      ...outputs.flatMap((tensor) => tensorLines('  Output    ', tensor, nameWidth, typeWidth)),
    ]),
  ];
}

/** A label and texts, broken into lines between the texts. */
function facts(label: string, texts: readonly string[]): string[] {
  const lines: string[] = [];
  for (const [index, text] of texts.entries()) {
    const item = index < texts.length - 1 ? `${text}, ` : text;
    const line = lines.at(-1);
    if (line !== undefined && LABEL_WIDTH + line.length + item.trimEnd().length <= WIDTH) {
      lines[lines.length - 1] = line + item;
    } else {
      lines.push(item);
    }
  }
  return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`);
}

function tensorLines(label: string, tensor: SignatureTensor, nameWidth: number, typeWidth: number): string[] {
  const { name, dtype, shape, placeholderDtype, componentTensorNames } = tensor;
  const notes = [
    ...placeholderDtype !== undefined ? [`(its placeholder takes ${placeholderDtype})`] : [],
    ...componentTensorNames !== undefined ? [`(made of ${componentTensorNames.length} tensors)`] : [],
  ];
  return aligned(label, name, nameWidth, [dtype.padEnd(typeWidth), shape === null ? 'any rank' : `[${shape.join(', ')}]`, ...notes]);
}

function featureLines(label: string, { name, kind, dtype, shape, isRequired }: SignatureFeature, nameWidth: number, typeWidth: number): string[] {
  const notes = isRequired ? [] : [kind === 'dense' ? '(may be missing)' : `(${kind}, may be missing)`];
  return aligned(label, name, nameWidth, [dtype.padEnd(typeWidth), shape === null ? 'any size' : `[${shape.join(', ')}]`, ...notes]);
}

function aligned(label: string, name: string, nameWidth: number, columns: readonly string[]): string[] {
  const rest = columns.join('  ');
  return name.length > nameWidth
    ? [`${label}${name}`, `${' '.repeat(label.length + nameWidth)}  ${rest}`]
    : [`${label}${name.padEnd(nameWidth)}  ${rest}`];
}

function byteText(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length);
  return power === 0 ? `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}` : `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]} (${bytes} bytes)`;
}
