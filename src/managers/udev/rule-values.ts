/** What udev has against the values of single keys: parse_token() of src/udev/udev-rules.c, by version as in rule-keys.ts. */
import type { Accounts } from './accounts.ts';
import { isInteger } from './format.ts';
import type { RuleFault, RuleToken } from './rule-model.ts';

export type Complaint = Pick<RuleFault, 'message' | 'ignores' | 'consequence'>;

export const ignoreLine = (message: string): Complaint => ({ message, ignores: 'line' });
export const keep = (message: string, consequence: string): Complaint => ({ message, ignores: 'nothing', consequence });

/** Is what came with this version there? Where the version is not known it is. */
export type IsKnown = (since: number | undefined) => boolean;

export const brokenValue = 'logs an error and uses what it understands';

/** device_property_can_set(): keys of the event that no rule may set, and since when not. */
const fixedProperties: Readonly<Record<string, number>> = Object.fromEntries([
  ...'ACTION DEVLINKS DEVNAME DEVPATH DEVTYPE DRIVER IFINDEX MAJOR MINOR SEQNUM SUBSYSTEM TAGS'
    .split(' ')
    .map((name) => [name, 0] as const),
  ...'SYNTH_UUID DEVPATH_OLD MODALIAS DEVMODE DEVUID DEVGID DISKSEQ PARTN INTERFACE INTERFACE_OLD CURRENT_TAGS USEC_INITIALIZED UDEV_DATABASE_VERSION'
    .split(' ')
    .map((name) => [name, 258] as const),
]);

const builtins: Readonly<Record<string, number>> = {
  blkid: 0,
  btrfs: 0,
  hwdb: 0,
  input_id: 0,
  keyboard: 0,
  kmod: 0,
  net_driver: 255,
  net_id: 0,
  net_setup_link: 0,
  path_id: 0,
  usb_id: 0,
  uaccess: 0,
  tpm2_id: 258,
  factory_reset: 258,
  dissect_image: 258,
};

const options: Readonly<Record<string, number>> = {
  'string_escape=none': 0,
  'string_escape=replace': 0,
  db_persist: 0,
  watch: 0,
  nowatch: 0,
  dump: 258,
  'dump-json': 258,
};
const logLevels = /^(?:reset|[ \t\n\r]*0*[0-7]|emerg|alert|crit|err|warning|notice|info|debug)$/;

type Check = (
  token: RuleToken,
  isKnown: IsKnown,
  accounts: Accounts,
  version: number | undefined,
) => readonly Complaint[];

const checkBuiltin: Check = ({ key, attribute, value }, isKnown) => {
  if (attribute !== 'builtin') return [];
  const word = value.trimStart().split(/\s/)[0] ?? '';
  // until 257 the beginning of a name was enough: strneq() in udev_builtin_lookup()
  const known = Object.keys(builtins).some(
    (name) => isKnown(builtins[name]) && (name === word || (!isKnownOnly(isKnown) && name.startsWith(word))),
  );
  if (known) return [];
  const since = builtins[word];
  return [
    ignoreLine(
      since === undefined
        ? `${key}: '${word}' is not a builtin command, expected one of ${Object.keys(builtins).join(', ')}`
        : `${key}: builtin '${word}' needs systemd ${since}, expected an older one`,
    ),
  ];
};

/** Is the version known to be 258 or later? */
function isKnownOnly(isKnown: IsKnown): boolean {
  return isKnown(258) && !isKnown(Number.POSITIVE_INFINITY);
}

const checkAccount: Check = ({ key, value, format }, _isKnown, accounts, version) => {
  const isUser = key === 'OWNER';
  const [kind, ids] = isUser ? (['user', accounts.names.users] as const) : (['group', accounts.names.groups] as const);
  const strict = version !== undefined && version >= 258;
  const isId = /^(?:0|[1-9]\d*)$/.test(value) && !['65535', '4294967295'].includes(value) && Number(value) < 2 ** 32;
  if (!isId && (format !== null || value.startsWith('[')))
    return format?.fault == null ? [] : [keep(`${key}: ${format.fault}`, brokenValue)];
  if (isId && !strict) return [];
  // what no database can have is unknown in any case
  const impossible = !isId && !/^[a-z_A-Z][^:/\s]*$/.test(value);
  if (ids === undefined && !impossible) return [];
  const id = isId ? Number(value) : ids?.get(value);
  const isThere = isId ? [...(ids?.values() ?? [])].includes(Number(value)) : ids?.has(value) === true;
  if (!isThere) {
    const message = `${key}: ${kind} '${value}' does not exist, expected one of ${isUser ? '/etc/passwd' : '/etc/group'}`;
    return [strict ? { message, ignores: 'line' } : keep(message, `does not change the ${kind}`)];
  }
  // 258 and 259 refused it, 260 and later warn
  if (!strict || typeof id !== 'number' || id < 1000) return [];
  const message = `${key}: '${value}' is not a system ${kind}, expected an id below 1000`;
  return [version < 260 ? { message, ignores: 'line' } : keep(message, 'warns, and will ignore it in later versions')];
};

const checkMode: Check = ({ key, value, format }) => {
  if (/^[ \t\n\r]*[0-7]+$/.test(value) && Number.parseInt(value, 8) <= 0o7777) return [];
  const wrong = value === '' ? 'empty value, expected a mode such as 0660' : (format?.fault ?? null);
  return wrong === null ? [] : [keep(`${key}: ${wrong}`, brokenValue)];
};

const checkOptions: Check = ({ value }, isKnown) => {
  if (isKnown(options[value]) || value.startsWith('static_node=')) return [];
  const priority = /^link_priority=(.*)$/s.exec(value)?.[1];
  if (priority !== undefined)
    return isInteger(priority, -(2 ** 31), 2 ** 31 - 1)
      ? []
      : [ignoreLine(`OPTIONS: '${priority}' is not a priority, expected a number`)];
  const level = /^log_level=(.*)$/s.exec(value)?.[1];
  if (level !== undefined)
    return logLevels.test(level)
      ? []
      : [ignoreLine(`OPTIONS: '${level}' is not a log level, expected emerg to debug or reset`)];
  const since = options[value];
  const known = Object.keys(options).filter((name) => isKnown(options[name]));
  const expected = `expected one of ${known.join(', ')}, static_node=, link_priority=, log_level=`;
  const wrong = since === undefined ? 'is not an option' : `needs systemd ${since}`;
  return [{ message: `OPTIONS: '${value}' ${wrong}, ${expected}`, ignores: 'token' }];
};

export const valueChecks: Readonly<Record<string, Check | undefined>> = {
  IMPORT: checkBuiltin,
  RUN: checkBuiltin,
  OPTIONS: checkOptions,
  OWNER: checkAccount,
  GROUP: checkAccount,
  MODE: checkMode,
  SUBSYSTEM: ({ value }) =>
    value === 'bus' || value === 'class'
      ? [keep(`SUBSYSTEM: '${value}' is outdated, expected 'subsystem'`, "reads it as 'subsystem'")]
      : [],
  NAME: ({ operator, value }) => {
    if (operator === '==' || operator === '!=') return [];
    if (value === '%k') return [ignoreLine('NAME: "%k" is the name that the link already has, expected another')];
    return value === '' ? [ignoreLine('NAME: empty value, expected a name')] : [];
  },
  ENV: ({ operator, attribute }, isKnown) => {
    const name = attribute ?? '';
    const isFixed = isKnown(fixedProperties[name]) && (fixedProperties[name] === 0 || isKnownOnly(isKnown));
    const isArgument = name.startsWith('SYNTH_ARG_') && isKnownOnly(isKnown);
    if (operator === '==' || operator === '!=' || !(isFixed || isArgument)) return [];
    return [ignoreLine(`ENV: '${name}' cannot be set, expected a property of your own`)];
  },
};
