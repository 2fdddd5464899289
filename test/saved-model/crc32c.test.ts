import { crc32c, maskedCrc32c } from '../../src/saved-model/crc32c';

// the values are those of RFC 3720, B.4
test.each<[string, Uint8Array, number]>([
  ['nothing', new Uint8Array(0), 0],
  ['the digits', Buffer.from('123456789'), 0xe3069283],
  ['32 bytes of zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['32 rising bytes', Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
])('the checksum of %s is right', (_, bytes, checksum) => {
  expect(crc32c(bytes)).toBe(checksum);
});

test('a masked checksum is the checksum turned by 15 bits, plus a constant', () => {
  expect(maskedCrc32c(Buffer.from('123456789'))).toBe((0x2507c60d + 0xa282ead8) % 2 ** 32);
});
