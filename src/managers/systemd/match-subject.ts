/** What a link answers to a [Match] section. */

/** What a link answers; undefined: not known, null: it has none. */
export interface MatchSubject {
  /** The name, then altnames; the list ends early if altnames are not known. */
  readonly names: readonly string[];
  readonly allNamesKnown: boolean;
  /** Where they are not: may one of the others match this pattern? Undefined: any may. */
  readonly mayBeCalled?: ((pattern: string) => boolean) | undefined;
  readonly mac: string | undefined;
  readonly permanentMac: string | undefined;
  readonly path: string | null | undefined;
  readonly driver: string | null | undefined;
  readonly type: string | null | undefined;
  readonly kind: string | null | undefined;
  readonly properties: ReadonlyMap<string, string> | undefined;
  /** Is a property not known although `properties` are? */
  readonly isUncertain: (property: string) => boolean;
}

/** What a bridge or bond answers to [Match] before it has a MAC of its own. */
export function subjectOfNetdev(name: string, kind: 'bridge' | 'bond'): MatchSubject {
  return {
    names: [name],
    allNamesKnown: false,
    mac: undefined,
    permanentMac: undefined,
    path: null,
    driver: kind === 'bridge' ? 'bridge' : 'bonding',
    type: kind === 'bridge' ? 'bridge' : 'bond',
    kind,
    properties: undefined,
    isUncertain: () => true,
  };
}
