import { isBytes, isPlainObject } from './tensor-values';

/** What TensorFlow Serving takes for the elements of tensors of a type. */
export interface Dtype {
  /** TensorFlow's name. */
  readonly name: string;
  readonly isFloat: boolean;
  readonly isString: boolean;
  /** What an element must be. */
  readonly rule: string;
  /** Whether an element, if it is taken, is written as `JSON.stringify` does it; undefined if it is not taken. */
  readonly isJson: (element: unknown) => boolean | undefined;
}

/** The type that TensorFlow names so; undefined for one that TensorFlow Serving does not read from JSON. */
export function dtypeOf(name: string): Dtype | undefined {
  const dtype = { name, isFloat: false, isString: false };
  switch (name) {
    case 'DT_FLOAT':
      return {
        ...dtype,
        isFloat: true,
        rule: 'must be a number that a float32 has room for',
        isJson: (element) => typeof element !== 'number' || Number.isFinite(element) && !Number.isFinite(Math.fround(element))
          ? undefined : isJsonNumber(element),
      };
    case 'DT_DOUBLE':
      return { ...dtype, isFloat: true, rule: 'must be a number', isJson: (element) => typeof element === 'number' ? isJsonNumber(element) : undefined };
    case 'DT_BOOL':
      return { ...dtype, rule: 'must be true or false', isJson: (element) => typeof element === 'boolean' || undefined };
    case 'DT_STRING':
      return {
        ...dtype,
        isString: true,
        rule: 'must be a string of well-formed Unicode, or bytes as a Uint8Array',
        isJson: (element) => isBytes(element) ? false : typeof element === 'string' && isWellFormed(element) || isBytesObject(element) || undefined,
      };
  }
  const [, unsigned, digits] = /^DT_(U?)INT(8|16|32|64)$/.exec(name) ?? [];
  // of all integers, TensorFlow Serving leaves out this one
  if (digits === undefined || name === 'DT_UINT16') {
    return undefined;
  }
  const isLong = digits === '64';
  const values = 2n ** BigInt(digits);
  const least = unsigned !== '' ? 0n : -values / 2n;
  // numbers are compared with numbers, which is faster
  const [min, max] = [least, least + values - 1n].map((limit) => isLong ? limit : Number(limit));
  return {
    ...dtype,
    rule: `must be a whole number from ${min} to ${max}${isLong ? ', and a bigint if it is beyond 2^53' : ''}`,
    isJson: (element) => typeof element === 'number'
      ? Number.isSafeInteger(element) && element >= min && element <= max || undefined
      : typeof element === 'bigint' && element >= min && element <= max ? false : undefined,
  };
}

/** Whether JSON has a number as it is: it has neither NaN nor infinities, and `JSON.stringify` drops the sign of a zero. */
export function isJsonNumber(number: number): boolean {
  return number !== 0 ? number - number === 0 : !Object.is(number, -0);
}

/** Whether a text holds no half of a surrogate pair, which has no form in UTF-8. */
export function isWellFormed(text: string): boolean {
  return (text as { isWellFormed?(): boolean }).isWellFormed?.() ?? !/\p{Surrogate}/u.test(text);
}

/** Whether a value is bytes in TensorFlow Serving's own notation. */
export function isBytesObject(value: unknown): value is { readonly b64: string } {
  return isPlainObject(value) && typeof value.b64 === 'string' && Object.keys(value).length === 1;
}

/** Names as error texts list them. */
export function namesText(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
