import { CfnParameter } from 'aws-cdk-lib';
import { ClarifyTextLanguage } from '../../src/endpoint/clarify-text-language';
import { newStack } from '../support/synthesis';

/** What the API takes. */
const CODES = 'af sq ar hy eu bn bg ca zh hr cs da nl en et fi fr de el gu he hi hu is id ga it kn ky lv lt lb mk ml mr ne nb fa pl pt ro ru sa sr tn si '
  + 'sk sl es sv tl ta tt te tr uk ur yo lij xx';

test('all languages that Clarify knows are there', () => {
  const codes = Object.values(ClarifyTextLanguage).map(String);
  expect(codes.sort()).toEqual(CODES.split(' ').sort());
});

test.each(['eo', 'lij', new CfnParameter(newStack(), 'Language').valueAsString])('%s can be another language', (code) => {
  expect(ClarifyTextLanguage.of(code).toString()).toBe(code);
});

test.each(['', 'e', 'EN', 'en-US', 'engl'])('%p is no language', (code) => {
  expect(() => ClarifyTextLanguage.of(code)).toThrow(new Error(
    `[ClarifyTextLanguage.of] \`code\` must be two or three small letters, got: ${JSON.stringify(code)}`));
});
