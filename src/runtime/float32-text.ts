/* eslint-disable no-bitwise -- `| 0` is how integers of 32 bits stay such, which is faster */

/** The powers of ten that turn decimal places into digits. */
const POWERS_OF_TEN = [1, 10, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16];

/** Up to here, every whole number is a float32. */
const LARGEST_EXACT = 16_777_216;

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

/** Room for the characters of one number: the longest, -999999984306749400000.0, has 24. */
export const LONGEST_FLOAT32 = 24;

/**
 * Writes the float32 nearest to a number, with no more digits than it needs to come back the same, and returns the
 * position after it.
 *
 * JavaScript itself would write all digits of the float64 that it makes of each, 0.10000000149011612 for 0.1: twice
 * the payload. The digits are made here because turning numbers into strings one by one is slow. `hasPoint` tells
 * that a whole number gets one, `80.0`.
 */
export function writeFloat32(number: number, bytes: Uint8Array, at: number, hasPoint: boolean): number {
  const float = Math.fround(number);
  const integer = float | 0;
  if (integer === float && integer !== 0 && integer <= LARGEST_EXACT && integer >= -LARGEST_EXACT) {
    const end = writeInteger(integer, bytes, at);
    if (hasPoint) {
      bytes[end] = POINT;
      bytes[end + 1] = ZERO;
      return end + 2;
    }
    return end;
  }
  const magnitude = Math.abs(float);
  if (magnitude > 9e-7 && magnitude < LARGEST_EXACT) {
    return writeFraction(float, magnitude, bytes, at);
  }
  return writeAny(float, bytes, at, hasPoint);
}

function writeInteger(integer: number, bytes: Uint8Array, at: number): number {
  if (integer < 0) {
    bytes[at++] = MINUS;
  }
  const magnitude = Math.abs(integer);
  return writeDigits(magnitude, bytes, at, at + lengthOf(magnitude));
}

/** Writes a number that is not whole, and needs no exponent. */
function writeFraction(number: number, magnitude: number, bytes: Uint8Array, at: number): number {
  let places = magnitude < 1 ? 7 : magnitude < 1000 ? 4 : 0;
  while (magnitude * POWERS_OF_TEN[places] < 1e6) {
    places++;
  }
  // seven digits are enough for some, and nine for all
  let digits = (magnitude * POWERS_OF_TEN[places] + 0.5) | 0;
  if (Math.fround(digits / POWERS_OF_TEN[places]) === magnitude) {
    for (let tens = (digits / 10) | 0; tens * 10 === digits; tens = (digits / 10) | 0) {
      digits = tens;
      places--;
    }
  } else {
    do {
      places++;
      digits = (magnitude * POWERS_OF_TEN[places] + 0.5) | 0;
    } while (Math.fround(digits / POWERS_OF_TEN[places]) !== magnitude);
  }
  if (number < 0) {
    bytes[at++] = MINUS;
  }
  if (magnitude < 1) {
    bytes[at] = ZERO;
    bytes[at + 1] = POINT;
    return writeDigits(digits, bytes, at + 2, at + 2 + places);
  }
  const end = at + lengthOf(digits) + 1;
  let position = end;
  for (let i = 0; i < places; i++) {
    const tens = (digits / 10) | 0;
    bytes[--position] = ZERO + digits - tens * 10;
    digits = tens;
  }
  bytes[--position] = POINT;
  writeDigits(digits, bytes, at, position);
  return end;
}

/** Writes digits between two positions, with zeros in front, and gives the second one. */
function writeDigits(digits: number, bytes: Uint8Array, start: number, end: number): number {
  for (let position = end; position > start;) {
    const tens = (digits / 10) | 0;
    bytes[--position] = ZERO + digits - tens * 10;
    digits = tens;
  }
  return end;
}

/** How many digits a whole number below 10^9 has. */
function lengthOf(integer: number): number {
  let length = 1;
  for (let power = 10; power <= integer; power = (power * 10) | 0) {
    length++;
  }
  return length;
}

/** Writes NaN and infinities, zeros, and what is large or small. */
function writeAny(number: number, bytes: Uint8Array, at: number, hasPoint: boolean): number {
  let short = number;
  for (let digits = 7; digits <= 9 && (digits === 7 || Math.fround(short) !== number); digits++) {
    short = Number(number.toPrecision(digits));
  }
  // only with a point does a zero keep its sign
  let text = Object.is(number, -0) ? '-0.0' : String(short);
  if (hasPoint && /^-?\d+$/.test(text)) {
    text += '.0';
  }
  for (let i = 0; i < text.length; i++) {
    bytes[at + i] = text.charCodeAt(i);
  }
  return at + text.length;
}
