import { dataType } from '../../src/saved-model/data-types';

test.each([
  [0, 'DT_INVALID', undefined], [1, 'DT_FLOAT', 4], [2, 'DT_DOUBLE', 8], [3, 'DT_INT32', 4], [4, 'DT_UINT8', 1], [5, 'DT_INT16', 2],
  [6, 'DT_INT8', 1], [7, 'DT_STRING', undefined], [8, 'DT_COMPLEX64', 8], [9, 'DT_INT64', 8], [10, 'DT_BOOL', 1], [11, 'DT_QINT8', 1],
  [12, 'DT_QUINT8', 1], [13, 'DT_QINT32', 4], [14, 'DT_BFLOAT16', 2], [15, 'DT_QINT16', 2], [16, 'DT_QUINT16', 2], [17, 'DT_UINT16', 2],
  [18, 'DT_COMPLEX128', 16], [19, 'DT_HALF', 2], [20, 'DT_RESOURCE', undefined], [21, 'DT_VARIANT', undefined], [22, 'DT_UINT32', 4],
  [23, 'DT_UINT64', 8], [24, 'DT_FLOAT8_E5M2', 1], [25, 'DT_FLOAT8_E4M3FN', 1], [26, 'DT_FLOAT8_E4M3FNUZ', 1], [27, 'DT_FLOAT8_E4M3B11FNUZ', 1],
  [28, 'DT_FLOAT8_E5M2FNUZ', 1], [29, 'DT_INT4', 1], [30, 'DT_UINT4', 1],
])('%d is %s', (number, name, size) => {
  expect(dataType(number)).toEqual({ name, size });
});

test.each([
  [101, 'DT_FLOAT'], [107, 'DT_STRING'], [130, 'DT_UINT4'],
])('%d is a reference to %s', (number, name) => {
  expect(dataType(number)).toMatchObject({ name });
});

test.each([31, 99, 100, 131, 2 ** 31 - 1, -1])('%d, which is not known, is named by its number', (number) => {
  expect(dataType(number)).toEqual({ name: `DT_${number}`, size: undefined });
});
