/** A host's network as a whole, to be compared before and after. */

export interface NetworkState {
  /** `ip -d link`: every link with all its settings. */
  readonly links: unknown;
  /** `bridge -d link`: every port with all its settings. */
  readonly ports: unknown;
  /** `bridge fdb`, an entry a line, but for what a bridge has learned by itself and will forget by itself. */
  readonly fdb: readonly string[];
}

interface FdbEntry {
  readonly state?: string;
  readonly flags?: readonly string[];
}

/** Numbers that a bridge and its ports count down: "hello_timer". */
const timer = /_timer$/;

/** `read` runs a command there and gives its standard output. */
export function readNetwork(read: (argv: readonly string[]) => string): NetworkState {
  const ask = (...argv: string[]): unknown =>
    JSON.parse(read(argv), (key, value: unknown) => (timer.test(key) ? undefined : value));
  const entries = ask('bridge', '-j', 'fdb') as readonly FdbEntry[];
  return {
    links: ask('ip', '-d', '-j', 'link'),
    ports: ask('bridge', '-d', '-j', 'link'),
    fdb: entries
      .filter(({ state = '', flags = [] }) => state !== '' || flags.length > 0)
      .map((entry) => JSON.stringify(entry))
      .sort(),
  };
}
