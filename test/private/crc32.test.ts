import { crc32, crc32ByTable } from '../../src/private/crc32';

describe.each([['crc32', crc32], ['crc32ByTable', crc32ByTable]])('%s', (_, sum) => {
  test.each([
    ['', 0],
    ['a', 0xe8b7be43],
    ['123456789', 0xcbf43926],
  ])('of %j is %d', (text, expected) => {
    expect(sum(Buffer.from(text), 0)).toBe(expected);
  });

  test('goes on from one chunk to the next', () => {
    expect(sum(Buffer.from('6789'), sum(Buffer.from('12345'), 0))).toBe(0xcbf43926);
  });
});
