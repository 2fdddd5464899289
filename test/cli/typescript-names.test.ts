import * as fc from 'fast-check';
import * as ts from 'typescript';
import { moduleNames } from '../../src/cli/typescript-names';

test.each([
  ['half_plus_three', 'HalfPlusThree', 'halfPlusThree'],
  ['halfPlusThree', 'HalfPlusThree', 'halfPlusThree'],
  ['HalfPlusThree', 'HalfPlusThree', 'halfPlusThree'],
  ['chicago-taxi.v2 (final)', 'ChicagoTaxiV2Final', 'chicagoTaxiV2Final'],
  ['MNIST', 'MNIST', 'mnist'],
  ['MNIST_v2', 'MNISTV2', 'mnistV2'],
  ['x', 'X', 'x'],
  ['3d_unet', 'Model3dUnet', 'model3dUnet'],
  ['123', 'Model123', 'model123'],
  ['__a__', 'A', 'a'],
  ['class', 'ClassModel', 'classModel'],
  ['Default', 'DefaultModel', 'defaultModel'],
  ['exports', 'ExportsModel', 'exportsModel'],
  ['undefined', 'UndefinedModel', 'undefinedModel'],
  ['model_types', 'ModelTypesModel', 'modelTypesModel'],
  ['types', 'Types', 'types'],
  ['__proto__', 'Proto', 'proto'],
  ['straße', 'Straße', 'straße'],
  ['ßtraße', 'ßtraße', 'ßtraße'],
  ['élan_vital', 'ÉlanVital', 'élanVital'],
  ['e\u0301lan', 'Élan', 'élan'],
  ['模型_一', '模型一', '模型一'],
  ['ｈａｌｆ', 'Half', 'half'],
  ['a😀b', 'AB', 'aB'],
  ['a\nb*/c\'', 'ABC', 'aBC'],
])('%j is called %s and %s', (modelName, type, value) => {
  expect(moduleNames(modelName)).toEqual({ type, value });
});

test.each(['', '___', '-.-', '😀', '\u0301'])('%j has no name in it', (modelName) => {
  expect(moduleNames(modelName)).toEqual(modelName === '\u0301' ? { type: 'Model\u0301', value: 'model\u0301' } : undefined);
});

test('a version comes at the end, and makes a keyword none', () => {
  expect([moduleNames('half_plus', '12'), moduleNames('class', '1')])
    .toEqual([{ type: 'HalfPlusV12', value: 'halfPlusV12' }, { type: 'ClassV1', value: 'classV1' }]);
});

const ALL_KEYWORDS = Array.from(
  { length: ts.SyntaxKind.LastKeyword - ts.SyntaxKind.FirstKeyword + 1 }, (_, index) => ts.tokenToString(ts.SyntaxKind.FirstKeyword + index)!,
);

/** Whether a name is an identifier, and none that the language keeps for itself. */
function isFree(name: string): boolean {
  const scanner = ts.createScanner(ts.ScriptTarget.ES2022, true, ts.LanguageVariant.Standard, name);
  const kind = scanner.scan();
  return scanner.getTokenText() === name && (kind === ts.SyntaxKind.Identifier || kind > ts.SyntaxKind.LastFutureReservedWord);
}

function areFree(modelName: string): boolean {
  const names = moduleNames(modelName);
  return names === undefined || (isFree(names.type) && isFree(names.value));
}

test('whatever a model is called, the names are identifiers that are not kept for the language', () => {
  fc.assert(fc.property(
    fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'grapheme', minLength: 1 }), fc.constantFrom(...ALL_KEYWORDS)),
    (modelName) => areFree(modelName),
  ), { numRuns: 1000 });
  expect(ALL_KEYWORDS.filter((keyword) => !areFree(keyword))).toEqual([]);
});

test('every character that is in a name can be in an identifier', () => {
  const characters = Array.from({ length: 0x11000 }, (_, code) => String.fromCodePoint(code));
  expect(characters.filter((character) => !areFree(character) || !areFree(`a${character}b`))).toEqual([]);
});
