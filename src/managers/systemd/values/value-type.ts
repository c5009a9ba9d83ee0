/** What the daemon takes for a value of a key, and what to tell who wrote another. */
export interface ValueType {
  readonly accepts: (value: string) => boolean;
  /** Completes "expected …". */
  readonly expected: string;
}

export function valueType(expected: string, accepts: (value: string) => boolean): ValueType {
  return { accepts, expected };
}

/** One of several words. */
export function oneOf(words: readonly string[], fold = false): ValueType {
  const set = new Set(fold ? words.map((word) => word.toLowerCase()) : words);
  return valueType(listWords(words), (value) => set.has(fold ? value.toLowerCase() : value));
}

/** "a, b or c". */
export function listWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** What one of them accepts. */
export function anyType(types: readonly ValueType[]): ValueType {
  const [first, ...rest] = types;
  if (first !== undefined && rest.length === 0) return first;
  const named = types.flatMap((type) => (type.expected === '' ? [] : type.expected.split(/, | or /)));
  return valueType(listWords(named), (value) => types.some(({ accepts }) => accepts(value)));
}

/** Words between blanks, each of a type; each bad one is ignored by itself, with a message. */
export function wordsOf({ accepts, expected }: ValueType): ValueType {
  return valueType(`${expected}, or several between blanks`, (value) =>
    value
      .split(/[ \t]+/)
      .filter((word) => word !== '')
      .every(accepts),
  );
}

/** Parts between a separator, one for each type. */
export function parted(separator: string, expected: string, ...types: readonly ValueType[]): ValueType {
  return valueType(expected, (value) => {
    const parts = value.split(separator);
    return parts.length === types.length && types.every(({ accepts }, index) => accepts(parts[index] ?? ''));
  });
}
