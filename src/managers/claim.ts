/**
 * The one idea that makes every format lintable: each manager lowers its files to claims, "this place in this file would
 * do this to this link", as its own daemon would, and says who wins. Rules and `explain` see claims, never a format.
 */
import type { Guest, LinkFacts, Phase } from '../topology/guest.ts';
import type { Place, Source } from '../text/source.ts';

/** The name of a folder here: networkd, netplan … Open, so that a new manager is a folder and nothing else. */
export type ManagerName = string;

/** `maybe`: it turns on a fact that is not known. */
export type Verdict = 'yes' | 'no' | 'maybe';

/** What would be done to a link. */
export type EffectKind =
  | 'up' // brought up or otherwise managed, with nothing more said
  | 'dhcp4'
  | 'dhcp6'
  | 'ra'
  | 'link-local6'
  | 'address' // a static one; detail: the address
  | 'route'
  | 'rename' // detail: the new name
  | 'altname' // a name beside its own; detail: the name
  | 'mac' // a MAC change; detail: the MAC or policy
  | 'mtu'
  | 'enslave' // into a bond, bridge, VRF …; detail: the master's name
  | 'stack' // a VLAN, macvlan … on top; detail: its name
  | 'down' // taken or kept down
  | 'command' // a command of the user's runs, which may do anything; detail: the command
  | 'unmanaged' // explicitly left alone
  | 'wait-online' // holds up network-online.target
  | 'state' // set on this link until it goes, and by nothing set again; detail: the command
  | 'client-id' // how a DHCP client names itself; detail: mac, duid …
  | 'property'; // a udev property is set; detail: KEY=VALUE

export interface Effect {
  readonly kind: EffectKind;
  readonly detail?: string;
  /** The key or line that says so; a default of the daemon has the claim's own place. */
  readonly place: Place;
}

export interface Claim {
  readonly manager: ManagerName;
  /** The matching part: a [Match] section, an iface stanza, a netplan definition, a rule. */
  readonly place: Place;
  readonly verdict: Verdict;
  /** Why, for people: "Name=en* matches ens11", "Driver=net_failover: this link's driver is virtio_net". */
  readonly reason: string;
  /** The single match keys with their places, so that a rule can point at what is to blame. */
  readonly keys: readonly MatchKey[];
  readonly effects: readonly Effect[];
  /** The file that the daemon itself would see, where `place` is in a file that is lowered first (netplan, cloud-init). */
  readonly loweredTo?: string;
  /** No file says so: it is what the daemon does where none does. */
  readonly byDefault?: true;
  /** What the manager must be told to start the link by, where the link's name is not enough: ifup's logical interface. */
  readonly startedAs?: string;
  /** It is for the link, and takes effect only when somebody says so. */
  readonly byHand?: true;
}

/** One condition of a match, in the daemon's terms. */
export interface MatchKey {
  /** What is compared, whatever the format calls it. */
  readonly on:
    | 'name'
    | 'mac'
    | 'permanent-mac'
    | 'driver' // ethtool's
    | 'parent-driver'
    | 'type'
    | 'kind'
    | 'path'
    | 'property'
    | 'master' // enslaved or not
    | 'host' // a condition on the machine
    | 'other';
  readonly value: string;
  readonly verdict: Verdict;
  readonly place: Place;
}

/** What one manager would do with one link in one phase. */
export interface Decision {
  readonly manager: ManagerName;
  readonly phase: Phase;
  readonly link: LinkFacts;
  /** The claims that take effect: networkd and NetworkManager have at most one winner, ifupdown and udev may have several. Never `no`. */
  readonly winners: readonly Claim[];
  /** Claims that would apply but lose, each with why in `lostTo` words. */
  readonly losers: readonly { readonly claim: Claim; readonly why: string }[];
  /** Claims considered whose verdict is `no`, in the daemon's order: for `explain`. */
  readonly passed: readonly Claim[];
}

/** Something wrong in a file that a parser or a daemon's own reading finds: rules turn them into FO0xx findings. */
export interface Problem {
  readonly place: Place;
  /** Which rule's subject it is. */
  readonly kind:
    | 'syntax' // the daemon rejects the file, or the line
    | 'ignored' // the daemon reads on as if it were not there, silently or with a log line
    | 'unknown-key'
    | 'wrong-section'
    | 'bad-value'
    | 'trailing-comment'
    | 'permissions'
    | 'unreadable'
    | 'masked'
    | 'live-backup'; // read, though its name is that of a backup
  readonly message: string;
  /** What the daemon does: it "rejects the whole configuration", "ignores the line"… */
  readonly consequence: string;
  /** The daemon does nothing at all for it: an error, whatever its rule is otherwise. */
  readonly fatal?: true;
}

/** A file of a configuration: its text, and what the daemon asks of its inode. */
export interface ConfigFile {
  readonly source: Source;
  /** Where the daemon would find it; the same as `source.path` but for files linted out of place (`--as`, `-`). */
  readonly path: string;
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  /** A symbolic link's target, for masks (/dev/null). */
  readonly linkTarget: string | undefined;
  /** Why its daemon, which does not run as root, cannot open it. */
  readonly denied?: string;
}

/** One network manager, as the linter knows it. */
export interface Manager {
  readonly name: ManagerName;
  /** The user that the daemon reads as. Undefined: root. */
  readonly user?: string;
  /** Directories and files the daemon reads, in its order of precedence; a directory's files by suffix or name pattern. */
  readonly locations: readonly Location[];
  readonly misfiled?: readonly MisfiledPlace[];
  /**
   * For a manager that configures links through another (netplan, cloud-init): the files it would write, each text with
   * its `origin`. The engine hands them to the managers that own their paths, in place of older ones on disk.
   */
  readonly lower?: (files: readonly ConfigFile[], guest: Guest, context: JudgeContext) => readonly ConfigFile[];
  /** Where it wrote for others the last time: it takes those files away before it writes again. */
  readonly emptiesBefore?: RegExp;
  /** Links have other names once it has acted: those judged after it see them so. */
  readonly renames?: true;
  /** Does a file with this path and text belong to this manager? For `lint PATH…`, where nothing says so. */
  readonly recognise: (path: string, text: string) => boolean;
  /**
   * Reads a whole configuration (all files there are, in any order) as the daemon would, for a guest. Never throws: what
   * is wrong is a problem, and reading goes on. `files` holds what other managers lowered to this one's format beside
   * what is on disk; a place in such a text is mapped to its origin by the engine, not here.
   */
  readonly judge: (files: readonly ConfigFile[], guest: Guest, context: JudgeContext) => Judgement;
}

/** Files that the daemon never reads, as they lie beside the folder that it looks in or have another ending. */
export interface MisfiledPlace {
  /** A glob(3) of files. */
  readonly found: string;
  /** Paths among them that are read all the same, by this daemon or another. */
  readonly reads?: RegExp;
  /** Where it looks. */
  readonly expected: string;
}

export interface Location {
  readonly path: string;
  /** For a directory: which names the daemon reads. */
  readonly pattern?: RegExp;
  /** Also NAME.d/*.conf drop-in directories below it. */
  readonly dropIns?: boolean;
}

/** What a manager may need of the world besides its files. */
export interface JudgeContext {
  /** Finds a file that the configuration itself names (`source` in interfaces(5)); globs are expanded. Empty when there is none. */
  readonly include: (path: string) => readonly ConfigFile[];
  /** Files beside the given ones may well be there: what is missing is not known to be. */
  readonly partial?: true;
}

export interface UnreadFile {
  readonly file: ConfigFile;
  readonly why: string;
  /** It is so only if nothing is there but what was given: the parent of a drop-in may be elsewhere. */
  readonly ifAlone?: true;
}

/** A value, and where it is written. */
export interface PlacedValue {
  readonly value: string;
  readonly place: Place;
}

/** A bridge or bond that a configuration makes: what its ports have to know of it. */
export interface Netdev {
  /** What the detail of an `enslave` effect calls it: its name, or the UUID or id of its profile. */
  readonly names: readonly string[];
  readonly kind: 'bridge' | 'bond';
  readonly place: Place;
  /** The MAC that the configuration gives it; null: none. */
  readonly mac: PlacedValue | null;
  /**
   * Without one, who gives it: the manager makes one up, udev does as its .link files say, or the kernel, which takes the
   * lowest MAC of a bridge's ports.
   */
  readonly macBy: 'manager' | 'udev' | 'kernel';
  /** A bond's, by the kernel's words or numbers. */
  readonly mode: PlacedValue | null;
  readonly failOverMac: PlacedValue | null;
  /** Everything that the configuration makes a port of it: one entry a word, section or profile that says so. */
  readonly ports: readonly PlacedValue[];
}

export interface Judgement {
  readonly decisions: readonly Decision[];
  /** Bridges and bonds that it makes. */
  readonly netdevs?: readonly Netdev[];
  /** udev's: what its .link files say of the MAC of a netdev that has none of its own; null: no file matches it. */
  readonly macPolicyOf?: (name: string, kind: Netdev['kind']) => PlacedValue | null;
  readonly problems: readonly Problem[];
  /** Files that the daemon would not read at all, and why (masked, shadowed by another directory, wrong suffix). */
  readonly unread: readonly UnreadFile[];
  /** Facts that hold for the configuration as a whole and that rules ask for, e.g. netplan's renderer. */
  readonly facts: Readonly<Record<string, string>>;
}
