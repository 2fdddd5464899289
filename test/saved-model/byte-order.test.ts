import { compareBytes } from '../../src/saved-model/byte-order';

test('texts are sorted by their bytes in UTF-8, not by the code units of JavaScript', () => {
  expect(['b', '😀', 'a', '\uff5e', 'B', 'aa', ''].sort(compareBytes)).toEqual(['', 'B', 'a', 'aa', 'b', '\uff5e', '😀']);
});
