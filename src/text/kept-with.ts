/**
 * What was made of an object once, kept with it for whoever asks next. Not in a WeakMap: the executable's engine counts
 * references, and a value there that leads back to its key keeps both for ever (a parsed file has places in its source).
 */
export interface KeptWith<Key extends object, Value> {
  readonly get: (key: Key) => Value | undefined;
  readonly set: (key: Key, value: Value) => void;
}

/** `make`, called once for each object: what it makes must not be changed. */
export function madeOnce<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const kept = keptWith<Key, { readonly value: Value }>();
  return (key) => {
    const known = kept.get(key);
    if (known !== undefined) return known.value;
    const value = make(key);
    kept.set(key, { value });
    return value;
  };
}

/** A copy of the object, by `{ ...object }`, has none of it. */
export function keptWith<Key extends object, Value>(): KeptWith<Key, Value> {
  const slot = Symbol('kept');
  return {
    get: (key) => Reflect.get(key, slot) as Value | undefined,
    set: (key, value) => void Object.defineProperty(key, slot, { value, configurable: true, enumerable: false }),
  };
}
