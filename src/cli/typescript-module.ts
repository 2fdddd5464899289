import { type ModuleNames } from './typescript-names';
import { commentText, literal, propertyOfObject, propertyOfType } from './typescript-text';
import { type Signature, type SignatureFeature, type SignatureTensor } from '../saved-model';

/** What a module is made from. */
export interface ModuleModel {
  readonly names: ModuleNames;
  /** The name that the model itself has. */
  readonly modelName: string;
  /** The version; undefined where the newest one was taken. */
  readonly version?: string;
  readonly signatures: readonly Signature[];
}

/** How a kind of code writes the same things. */
interface Style {
  readonly separator: string;
  property(name: string): string;
  shape(sizes: readonly number[]): string;
}

const TYPE: Style = { separator: ';', property: propertyOfType, shape: (sizes) => `readonly [${sizes.join(', ')}]` };
const OBJECT: Style = { separator: ',', property: propertyOfObject, shape: (sizes) => `[${sizes.join(', ')}]` };

/** In each module, so that no file but one that was made is written over. */
export const MARK = 'cdk-tensorflow-serving generate-types';

/**
 * A TypeScript module with the types of models' signatures: for each an interface for the compiler, and a constant for
 * the client.
 *
 * It is the same wherever it is made.
 *
 * @param options those of the command, as they are to be given again
 */
export function typescriptModule(models: readonly ModuleModel[], options: readonly string[]): string {
  return `${[
    '/* eslint-disable */',
    `// Made by ${MARK}; do not edit. To make it again:`,
    `//   npx ${[MARK, 'SAVED_MODEL', ...options, '--out', 'THIS_FILE'].join(' ')}`,
    'import type { ModelTypes } from \'cdk-tensorflow-serving/runtime\';',
    ...models.flatMap((model) => ['', ...interfaceLines(model), '', ...constantLines(model)]),
  ].join('\n')}\n`;
}

function interfaceLines({ names, modelName, version, signatures }: ModuleModel): string[] {
  return [
    `/** The signatures of the model ${commentText(modelName)}${version !== undefined ? `, version ${version}` : ''}. */`,
    `export interface ${names.type} {`,
    ...signatures.flatMap((signature) => [
      `  ${TYPE.property(signature.name)}: {`,
      ...memberLines(signature, TYPE, '    '),
      '  };',
    ]),
    '}',
  ];
}

function constantLines({ names, signatures }: ModuleModel): string[] {
  return [
    `/** What the client knows of it: \`new TensorFlowServingClient({ endpointName, model: ${names.value} })\`. */`,
    `export const ${names.value}: ModelTypes<${names.type}> = {`,
    '  signatures: {',
    ...signatures.flatMap((signature) => [
      `    ${OBJECT.property(signature.name)}: {`,
      `      method: ${literal(signature.method)},`,
      ...memberLines(signature, OBJECT, '      '),
      '    },',
    ]),
    '  },',
    '};',
  ];
}

function memberLines({ inputs, outputs, features }: Signature, style: Style, indent: string): string[] {
  return [
    ...mapLines('inputs', inputs, style, indent, tensorText),
    ...mapLines('outputs', outputs, style, indent, tensorText),
    ...features !== undefined ? mapLines('features', features, style, indent, featureText) : [],
  ];
}

function mapLines<T extends { readonly name: string }>(
  name: string, items: readonly T[], style: Style, indent: string, text: (item: T, style: Style) => string,
): string[] {
  return items.length === 0
    ? [`${indent}${name}: {}${style.separator}`]
    : [
      `${indent}${name}: {`,
      ...items.map((item) => `${indent}  ${style.property(item.name)}: { ${text(item, style)} }${style.separator}`),
      `${indent}}${style.separator}`,
    ];
}

/** Of an input whose type was declared wrongly, the type that the model takes. */
function tensorText({ dtype, placeholderDtype, shape }: SignatureTensor, style: Style): string {
  return specText(placeholderDtype ?? dtype, shape, style);
}

function featureText({ dtype, shape, isRequired }: SignatureFeature, style: Style): string {
  return `${specText(dtype, shape, style)}${style.separator} isRequired: ${isRequired}`;
}

function specText(dtype: string, shape: readonly number[] | null, style: Style): string {
  return `dtype: ${literal(dtype)}${style.separator} shape: ${shape !== null ? style.shape(shape) : 'null'}`;
}
