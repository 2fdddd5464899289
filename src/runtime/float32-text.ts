/** The powers of ten that turn decimal places into digits. */
const POWERS_OF_TEN = [1, 10, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16];

/** Room for one number's characters and a comma: the longest, -1.1754943508222875e-38, has 23. */
const LONGEST = 24;

const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

/**
 * The numbers, with commas between them, each with no more digits than a float32 needs to come back the same.
 *
 * JavaScript itself would write all digits of the float64 that it makes of each, 0.10000000149011612 for 0.1: twice
 * the payload. The digits are made here because turning numbers into strings one by one is slow.
 */
export function float32Text(numbers: Float32Array): string {
  let bytes = new Uint8Array(numbers.length * 14 + LONGEST);
  let end = 0;
  for (let i = 0; i < numbers.length; i++) {
    if (end + LONGEST > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
    if (i > 0) {
      bytes[end++] = COMMA;
    }
    end = writeShort(numbers[i], bytes, end) ?? writeAny(numbers[i], bytes, end);
  }
  return new TextDecoder().decode(bytes.subarray(0, end));
}

/** Writes a number that needs no exponent; one that does is not written. */
function writeShort(number: number, bytes: Uint8Array, start: number): number | undefined {
  const magnitude = Math.abs(number);
  if (!(magnitude > 9e-7 && magnitude < 1e9)) {
    return undefined;
  }
  let places = 0;
  while (magnitude * POWERS_OF_TEN[places] < 1e6) {
    places++;
  }
  // seven digits are enough for most, and nine for all
  let digits = Math.round(magnitude * POWERS_OF_TEN[places]);
  while (Math.fround(digits / POWERS_OF_TEN[places]) !== magnitude) {
    places++;
    digits = Math.round(magnitude * POWERS_OF_TEN[places]);
  }
  if (number < 0) {
    bytes[start++] = MINUS;
  }
  return writeDigits(digits, places, bytes, start);
}

/** Writes the digits, the last `places` of them behind a point, without zeros at the end. */
function writeDigits(digits: number, places: number, bytes: Uint8Array, start: number): number {
  while (places > 0 && digits % 10 === 0) {
    digits /= 10;
    places--;
  }
  let length = places + 1;
  while (digits >= POWERS_OF_TEN[length]) {
    length++;
  }
  const end = start + length + (places > 0 ? 1 : 0);
  let position = end;
  for (let i = 0, rest = digits; i < length; i++) {
    if (i === places && places > 0) {
      bytes[--position] = POINT;
    }
    const tens = Math.floor(rest / 10);
    bytes[--position] = ZERO + rest - tens * 10;
    rest = tens;
  }
  return end;
}

function writeAny(number: number, bytes: Uint8Array, start: number): number {
  const text = Object.is(number, -0) ? '-0' : String(number);
  for (let i = 0; i < text.length; i++) {
    bytes[start + i] = text.charCodeAt(i);
  }
  return start + text.length;
}
