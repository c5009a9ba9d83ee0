/** The forms of values in netplan's YAML, as the handlers of its parser take them (src/parse.c). */

/** A scalar's form. `text` takes anything. */
export type Scalar =
  | 'text'
  | 'name'
  | 'bool'
  | 'uint'
  | 'mac'
  | 'set-mac'
  | 'renderer'
  | 'version'
  | 'ip'
  | 'ip4'
  | 'ip6'
  | 'network'
  | 'allowed-network'
  | 'family'
  | 'destination'
  | 'driver'
  | 'domains'
  | 'endpoint'
  | 'controller'
  | 'tos'
  | 'lacp'
  | 'word';

/** What names other definitions, or counts what is there already: netplan looks it up while it reads (references.ts). */
export type Lookup =
  | 'parent'
  | 'bridge-ports'
  | 'bond-ports'
  | 'vrf-ports'
  | 'primary'
  | 'path-cost'
  | 'port-priority'
  | 'peer'
  | 'targets'
  | 'pairs'
  | 'patch-ports';

/**
 * Where a value is not what was expected, netplan stops there, and keeps what it has read of the value by then. `whole`:
 * it keeps none of it. `sticks`: it has stored the value before it looks at it.
 */
export type Form = { readonly since?: string } & (
  | {
      readonly kind: 'scalar';
      readonly of: Scalar;
      readonly words?: readonly string[];
      readonly anyCase?: true;
      readonly sticks?: true;
    }
  | {
      readonly kind: 'sequence';
      readonly of: Form;
      readonly whole?: true;
      readonly count?: number;
      /** Once one is known, the list is not read again where as many are known as it has (multi-pass parsing). */
      readonly lookup?: Lookup;
    }
  | { readonly kind: 'map'; readonly keys: Keys; readonly whole?: true; readonly check?: 'route' | 'rule' }
  /** A mapping with keys of the user's own, of a form too. */
  | { readonly kind: 'open'; readonly key: Scalar; readonly of: Form; readonly whole?: true; readonly lookup?: Lookup }
  | { readonly kind: 'either'; readonly forms: readonly Form[] }
  | { readonly kind: 'lookup'; readonly what: Lookup }
  /** `openvswitch:` of a definition, which makes it Open vSwitch's. */
  | { readonly kind: 'openvswitch'; readonly keys: Keys }
);

export type Keys = Readonly<Record<string, Form>>;

export const scalar = (of: Scalar): Form => ({ kind: 'scalar', of });
/** A version that all have counts as the first. */
export const since = (version: string, form: Form): Form => ({ ...form, since: version });
export const words = (...list: readonly string[]): Form => ({ kind: 'scalar', of: 'word', words: list });
/** Compared by g_ascii_strcasecmp(). */
export const wordsAnyCase = (...list: readonly string[]): Form => ({
  kind: 'scalar',
  of: 'word',
  words: list,
  anyCase: true,
});
export const sequence = (of: Form): Form => ({ kind: 'sequence', of });
/** Kept only if all of it is right. */
export const wholeSequence = (of: Form): Form => ({ kind: 'sequence', of, whole: true });
export const map = (keys: Keys): Form => ({ kind: 'map', keys });
export const lookup = (what: Lookup): Form => ({ kind: 'lookup', what });
export const either = (...forms: readonly Form[]): Form => ({ kind: 'either', forms });
export const text = scalar('text');
export const bool = scalar('bool');
export const uint = scalar('uint');
export const texts = sequence(text);
