import { dtypeOf, namesText } from './dtypes';
import { shown } from './errors';
import { type FeatureSpec } from './model-types';
import { Tensor } from './tensor';
import { isBytes, isFloatArray, isPlainObject } from './tensor-values';
import { checkText } from './value-check';
import { type Walk } from './walk';

/** The features that a signature reads, by name. */
export type FeatureSpecs = { readonly [name: string]: FeatureSpec };

/** The values of a feature; undefined where it is a single one, which then is the value itself. */
export function featureList(walk: Walk, feature: unknown): ArrayLike<unknown> | undefined {
  return feature instanceof Tensor ? feature.values : walk.listOf(feature);
}

/** What a feature of which no type is known is by its first value, or by its typed array; undefined where that can be none. */
export function featureDtype(feature: unknown, list: ArrayLike<unknown> | undefined): string | undefined {
  const first = list !== undefined ? list[0] : feature;
  switch (typeof first) {
    case 'number':
      return ArrayBuffer.isView(list) && !isFloatArray(list as unknown as Float32Array) ? 'DT_INT64' : 'DT_FLOAT';
    case 'bigint':
    case 'boolean':
      return 'DT_INT64';
    default:
      return typeof first === 'string' || isBytes(first) || list?.length === 0 ? 'DT_STRING' : undefined;
  }
}

/** Finds fault with an example; `given` are the features that it need not have, and undefined if it need not have any. */
export function checkFeatures(walk: Walk, example: unknown, depth: number, specs: FeatureSpecs | undefined, given?: object): void {
  if (!isPlainObject(example)) {
    walk.refuse(depth, 'must be an object of features', shown(example));
  }
  // whole numbers of float features get a point
  walk.isJson = false;
  for (const name of Object.keys(example)) {
    walk.steps[depth + 1] = name;
    checkText(walk, name, depth + 1);
    if (specs !== undefined && !Object.hasOwn(specs, name)) {
      walk.refuse(depth + 1, `must be one of the features that the signature reads, ${namesText(Object.keys(specs))}`);
    }
    checkFeature(walk, example[name], depth + 1, specs?.[name]);
  }
  const missing = given !== undefined && specs !== undefined
    ? Object.keys(specs).filter((name) => specs[name].isRequired && !Object.hasOwn(example, name) && !Object.hasOwn(given, name))
    : [];
  if (missing.length > 0) {
    walk.refuse(depth, `must have ${namesText(missing)}, for which the model has no default`);
  }
}

function checkFeature(walk: Walk, feature: unknown, depth: number, spec: FeatureSpec | undefined): void {
  const list = featureList(walk, feature);
  const name = spec?.dtype ?? featureDtype(feature, list);
  const dtype = name !== undefined ? dtypeOf(name) : undefined;
  if (spec?.shape != null) {
    const { shape } = spec;
    const places = shape.reduce((product, size) => size === -1 ? product : product * size, 1);
    const count = list?.length ?? 1;
    if (shape.includes(-1) ? count % places !== 0 : count !== places) {
      walk.refuse(depth, `must have ${shape.includes(-1) ? 'a multiple of ' : ''}${places} values, as its shape is [${shape.join(', ')}]`, String(count));
    }
  }
  const check = (value: unknown, at: number) => {
    if (dtype === undefined || Array.isArray(value)) {
      walk.refuse(at, 'must be a number, bigint, boolean, string or Uint8Array, or a flat list of them', shown(value));
    }
    if (typeof value === 'string') {
      checkText(walk, value, at);
    }
    // a boolean is an int64 as well
    if (dtype.isJson(value) === undefined && !(name === 'DT_INT64' && typeof value === 'boolean')) {
      walk.refuse(
        at, `${dtype.rule}, as the feature is ${name}${spec === undefined ? ' by its first value' : ''}`, shown(value),
        spec === undefined && name === 'DT_FLOAT' ? 'write the whole numbers of a DT_INT64 feature as bigints, such as 80n' : undefined,
      );
    }
  };
  if (list === undefined) {
    check(feature, depth);
    return;
  }
  for (let i = 0; i < list.length; i++) {
    walk.steps[depth + 1] = i;
    check(list[i], depth + 1);
  }
}
