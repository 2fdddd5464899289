import { isJsonNumber, isWellFormed } from './dtypes';
import { shown } from './errors';
import { Tensor } from './tensor';
import { isBytes, isPlainObject } from './tensor-values';
import { type Walk } from './walk';

/** Finds fault with a value for predict of which no type is known. */
export function checkValue(walk: Walk, value: unknown, depth: number): void {
  switch (typeof value) {
    case 'number':
      walk.isJson &&= isJsonNumber(value);
      return;
    case 'string':
      checkText(walk, value, depth);
      return;
    case 'bigint':
      walk.isJson = false;
      return;
    case 'boolean':
      return;
  }
  if (value === null) {
    return;
  }
  if (Array.isArray(value)) {
    checkList(walk, value, value, depth);
    return;
  }
  if (isPlainObject(value) && !(Symbol.iterator in value)) {
    checkObject(walk, value, depth);
    return;
  }
  walk.isJson = false;
  if (isBytes(value)) {
    return;
  }
  const list = value instanceof Tensor ? value.values : walk.listOf(value);
  if (list === undefined) {
    walk.refuse(depth, 'must be a number, bigint, boolean, string, array, typed array, Tensor, iterable, plain object or null', shown(value));
  }
  if (!ArrayBuffer.isView(list)) {
    checkList(walk, value, list, depth);
  }
}

/** Finds fault with a text that cannot be UTF-8. */
export function checkText(walk: Walk, text: string, depth: number): void {
  if (!isWellFormed(text)) {
    walk.refuse(depth, 'must be well-formed Unicode, and holds half of a surrogate pair', shown(text), 'give bytes as a Uint8Array');
  }
}

function checkList(walk: Walk, parent: unknown, list: ArrayLike<unknown>, depth: number): void {
  walk.enter(parent, depth);
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    // most are numbers, which need no more
    if (typeof item === 'number') {
      walk.isJson &&= isJsonNumber(item);
    } else {
      walk.steps[depth + 1] = i;
      checkValue(walk, item, depth + 1);
    }
  }
}

function checkObject(walk: Walk, object: Record<string, unknown>, depth: number): void {
  walk.enter(object, depth);
  for (const name of Object.keys(object)) {
    walk.steps[depth + 1] = name;
    checkText(walk, name, depth + 1);
    checkValue(walk, object[name], depth + 1);
  }
}
