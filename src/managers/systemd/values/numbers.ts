/**
 * Numbers, sizes and spans of time as systemd reads them (src/basic/parse-util.c, src/basic/time-util.c, percent-util.c).
 */
import { valueType, type ValueType } from './value-type.ts';

/** safe_atou_full(): decimal, 0x…, 0b…, 0o… or octal after a 0; a sign is allowed. Null for what is none. */
export function parseInteger(text: string): bigint | null {
  const [, sign = '', rest = ''] = /^[ \t]*([+-]?)(.*)$/s.exec(text) ?? [];
  const marked = /^0[bo]/.test(rest);
  if (marked && sign !== '') return null;
  const digits = /^0[0-7]+$/.test(rest) ? `0o${rest.slice(1)}` : rest.replace(/^0X/, '0x');
  if (!/^(?:0|[1-9]\d*|0x[0-9a-fA-F]+|0b[01]+|0o[0-7]+)$/.test(digits)) return null;
  const value = BigInt(digits);
  return sign === '-' ? -value : value;
}

/** "-0" is refused where no negative number is allowed. */
export function isInteger(text: string, least: bigint, most: bigint): boolean {
  const value = parseInteger(text);
  if (value === null || (least >= 0n && /^[ \t]*-/.test(text))) return false;
  return value >= least && value <= most;
}

export function integer(least: string, most: string): ValueType {
  const [low, high] = [BigInt(least), BigInt(most)];
  return valueType(`a number from ${least} to ${most}`, (value) => isInteger(value, low, high));
}

/** strtoull(3) with base 16, of which a range may be left out. */
export function hexadecimal(least: string, most: string): ValueType {
  const [low, high] = [BigInt(least), BigInt(most)];
  return valueType(`a hexadecimal number from ${low.toString(16)} to ${high.toString(16)}`, (value) => {
    const digits = /^\+?(?:0[xX])?([0-9a-fA-F]+)$/.exec(value)?.[1];
    if (digits === undefined) return false;
    const number = BigInt(`0x${digits}`);
    return number >= low && number <= high;
  });
}

/** parse_size(): parts of falling units, B is the last; fractions. Bytes, or null. */
export function parseSize(text: string, base: 1000 | 1024): number | null {
  const units = ['E', 'P', 'T', 'G', 'M', 'K', 'B'];
  let rest = text.trim();
  let total = 0;
  let from = 0;
  if (rest === '') return null;
  while (rest !== '') {
    const found = /^\+?(\d+)(?:\.(\d*))?\s*([EPTGMKB]?)\s*/.exec(rest);
    if (found === null) return null;
    const [whole, digits = '', fraction = '', unit = ''] = found;
    const at = unit === '' ? units.length : units.indexOf(unit) + 1;
    if (at <= from) return null;
    from = at;
    const factor = unit === '' ? 1 : base ** (units.length - at);
    total += Number(digits) * factor + (fraction === '' ? 0 : Number(`0.${fraction}`) * factor);
    rest = rest.slice(whole.length);
    if (unit === '' && rest !== '') return null;
  }
  return total < 2 ** 64 || /^\+?18446744073709551615$/.test(text) ? Math.floor(total) : null;
}

export function size(base: string, least: string, most: string): ValueType {
  const [low, high] = [Number(least), Number(most)];
  const range = high >= 2 ** 63 ? '' : ` from ${least} to ${most}`;
  return valueType(`a size in bytes${range}, K, M or G after it`, (value) => {
    const bytes = parseSize(value, base === '1000' ? 1000 : 1024);
    return bytes !== null && bytes >= low && bytes <= high;
  });
}

const seconds = 1_000_000;
const day = 86_400 * seconds;

const timeUnits: Readonly<Record<string, number>> = {
  seconds,
  second: seconds,
  sec: seconds,
  s: seconds,
  minutes: 60 * seconds,
  minute: 60 * seconds,
  min: 60 * seconds,
  m: 60 * seconds,
  months: 2_629_800 * seconds,
  month: 2_629_800 * seconds,
  M: 2_629_800 * seconds,
  msec: 1000,
  ms: 1000,
  hours: 3600 * seconds,
  hour: 3600 * seconds,
  hr: 3600 * seconds,
  h: 3600 * seconds,
  days: day,
  day,
  d: day,
  weeks: 7 * day,
  week: 7 * day,
  w: 7 * day,
  years: 31_557_600 * seconds,
  year: 31_557_600 * seconds,
  y: 31_557_600 * seconds,
  usec: 1,
  us: 1,
  μs: 1,
  µs: 1,
};

const nanoseconds: Readonly<Record<string, number>> = { nsec: 0.001, ns: 0.001 };

/** parse_time(): numbers with units, which add up. In microseconds, Infinity for `infinity`, null for what is none. */
export function parseTime(text: string, defaultUnit = seconds, units = timeUnits): number | null {
  let rest = text.trim();
  if (rest === 'infinity') return Infinity;
  if (rest === '') return null;
  let total = 0;
  while (rest !== '') {
    const found = /^(?:\+?(\d+)(?:\.(\d*))?|\.(\d+))\s*/.exec(rest);
    if (found === null) return null;
    const [whole, digits = '0', fraction = '', bare = ''] = found;
    rest = rest.slice(whole.length);
    if (rest.startsWith('.')) return null;
    const word = /^[A-Za-zμµ]+/.exec(rest)?.[0] ?? '';
    const unit = word === '' ? '' : longestUnit(word, units);
    if (unit === null) return null;
    const factor = unit === '' ? defaultUnit : (units[unit] ?? defaultUnit);
    total += (Number(digits) + Number(`0.${fraction}${bare}0`)) * factor;
    rest = rest.slice(unit.length).trimStart();
  }
  return total < 2 ** 64 - 1 ? total : null;
}

/** The first of the daemon's units that the text starts with: `5min30` is taken for `5min 30`. */
function longestUnit(word: string, units: Readonly<Record<string, number>>): string | null {
  for (let length = word.length; length > 0; length -= 1)
    if (Object.hasOwn(units, word.slice(0, length))) return length === word.length ? word : null;
  return null;
}

/** Spans from `least` to `most` microseconds; `inf`: `infinity` too. */
export function time(least: string, most: string): ValueType {
  const [low, high] = [Number(least), most === 'inf' ? Infinity : Number(most)];
  const about = [
    ...(low > 0 ? [`at least ${describeSpan(low)}`] : []),
    ...(high < 2 ** 60 ? [`at most ${describeSpan(high)}`] : []),
  ];
  return valueType(['a span of time like 30s or 5min', ...about].join(', '), (value) => {
    const span = parseTime(value);
    return span !== null && span >= low && span <= high;
  });
}

function describeSpan(microseconds: number): string {
  if (microseconds < 1000) return `${microseconds}us`;
  return microseconds < seconds ? `${Math.round(microseconds / 1000)}ms` : `${Math.floor(microseconds / seconds)}s`;
}

/** parse_nsec(): without a unit they are nanoseconds; from `least` to `most` of these. */
export function nanosecondSpan(least: string, most: string): ValueType {
  return valueType('a span of time like 100ns', (value) => {
    const span = parseTime(value, 0.001, { ...timeUnits, ...nanoseconds });
    return span !== null && Math.floor(span * 1000 + 1e-6) >= Number(least) && Math.round(span * 1000) <= Number(most);
  });
}

/** parse_timestamp(), roughly: a date, a time of day, seconds after @, a span from now, or a word. */
export function isTimestamp(text: string): boolean {
  return /^(?:@\d+|[+-].+|.*\d-\d.*|\d+:\d+(?::\d+(?:\.\d+)?)?|now|today|yesterday|tomorrow|.* (?:ago|left))(?: .*)?$/.test(
    text,
  );
}

/** parse_permyriad(): percent, per mille, per ten thousand, with as many digits after the point as there are. */
export const share: ValueType = valueType('a percentage like 1.5%', (value) => {
  const [, whole = '', fraction = '', mark = ''] = /^\+?(\d+)(?:\.(\d{1,2}))?(%|‰|‱)$/.exec(value) ?? [];
  const most = { '%': 2, '‰': 1, '‱': 0 }[mark];
  if (most === undefined || fraction.length > most) return false;
  const parts = Number(whole) * 10 ** most + Number(fraction.padEnd(most, '0') || '0');
  return parts <= 10_000;
});

/** parse_permille(). */
export const permille: ValueType = valueType('a percentage like 87.5%', (value) => {
  const [, whole = '', fraction = '', mark = ''] = /^\+?(\d+)(?:\.(\d))?(%|‰)$/.exec(value) ?? [];
  if (mark === '' || (mark === '‰' && fraction !== '')) return false;
  return Number(whole) * (mark === '%' ? 10 : 1) + Number(fraction || '0') <= 1000;
});
