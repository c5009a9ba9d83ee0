/**
 * What a manager says of itself: one value, `description`, in src/managers/NAME/describe.ts. Lint, explain, install,
 * generate, doctor and status know managers from these alone; the bundler makes the list (src/build/bundle.mjs), so a new
 * manager is a folder. Every command that asks for managers reads all of them: a describe.ts imports nothing heavy, and
 * what judges and renders is loaded when it is needed.
 */
import type { Manager, ManagerName } from './claim.ts';
import type { GeneratedFile } from './generated-file.ts';
import type { MasterConfig } from './master-config.ts';
import type { Answer, Probe, Asker } from './probe.ts';
import type { Step } from './step.ts';

export interface ManagerDescription {
  /** As in `--manager`, `generate` and findings: lower case, without a version. The folder has the same name. */
  readonly name: ManagerName;
  /** What people call it: "systemd-networkd". */
  readonly title: string;
  /**
   * configures: brings links up and gives them addresses · writes: makes files for other managers, and configures no link
   * itself · names: names and marks links.
   */
  readonly role: 'configures' | 'writes' | 'names';
  readonly order: {
    /** When it is judged: after those that write for it, and after those that name links. Small numbers first. */
    readonly judging: number;
    /** When it is asked whether a file is its own: those that tell by the file's name come first. */
    readonly asking: number;
  };
  /** Those that it can write files for, directly or through another. */
  readonly lowersTo?: readonly ManagerName[];
  /** It takes links that no file of its own names: among named files it counts only if one is its own or written for it. */
  readonly actsUnasked?: true;
  /** Its files can match a master by ethtool's driver, which no slave has. */
  readonly matchesByDriver?: true;
  /** Its daemon reads what is below a directory as this user. Undefined: as root. */
  readonly reader?: { readonly user: string; readonly below: string };
  /** A file of ours for the master wins over a catch-all that is there, so what such a one asks for can be asked anew. */
  readonly overridesCatchAll?: true;
  /** What `--as` calls its formats, and the path that stands for a text of that format. */
  readonly formats: Readonly<Record<string, string>>;
  /** Its linter: reads files as the daemon would. */
  readonly load: () => Promise<Manager>;

  /** How it is found in a tree. A manager without it is always judged: its files count wherever they are. */
  readonly detection?: Detector;
  /** Its packages' names in any distribution; the first that is installed tells the version. */
  readonly packages: readonly string[];
  /** The upstream version, from the program's own files; where it is missing, or does not know, the package database tells. */
  readonly readVersion?: (probe: Probe) => Answer<string>;
  /** Which of a guest's facts is its version; missing: it has no say in what a file means. */
  readonly versionFact?: VersionFact;
  /** The first version for which our files do what they say, and what an older one lacks. */
  readonly oldest?: { readonly version: string; readonly lacks: string };

  /** What `install` and `generate` write for it. A manager without it cannot be kept off the slaves. */
  readonly loadRendering?: () => Promise<Rendering>;
  /** What it renders holds a bridge and a VLAN on a master too: `MasterConfig.stack`. */
  readonly stacks?: true;
  /** The command that keeps it off the slaves, where 'failoverctl install' cannot. */
  readonly keptOffBy?: string;
  /** Can its files hold this link's name? Missing: any, since they match by something steadier. */
  readonly canHold?: (link: string, choices: RenderChoices) => boolean;
  /** How it is told of files that have changed; nothing where it need not be. */
  readonly reload?: (context: ReloadContext) => readonly Step[];
  /** Has it manage a link again that it leaves alone: one for whose coming alone it reads what says so. Missing: it looks again. */
  readonly giveBack?: (link: string) => readonly string[];
  /** The program that makes it start a master that has no address; `startedAs`: a claim's. Missing: whom it writes for is asked. */
  readonly startMaster?: (link: string, startedAs: string | undefined) => readonly string[];
  /** Makes it ask again for the lease of a link; for one that releases a slave's lease, which was the master's too. */
  readonly renewLease?: (link: string) => readonly string[];
  /** Its word for a link that is as a file of its own wants it: a slave in that state is kept silent, and no fault. */
  readonly settledState?: string;
  /** Asks the running daemon once, and answers for each link; null: the link is none of its own. */
  readonly askLinks?: (asker: Asker) => (link: string) => ManagedState | null;
}

export type VersionFact =
  'systemdVersion' | 'netplanVersion' | 'networkManagerVersion' | 'ifupdownVersion' | 'cloudInitVersion';

export interface Detector {
  /** Before whom it is chosen to configure the master, where several could. Small numbers first. */
  readonly order: number;
  readonly find: (probe: Probe, seen: Surroundings) => Detection;
  /**
   * The first file of its own, for a tree without programs: a part of a system, in which every manager that there are files
   * for is taken to be there. Null: none.
   */
  readonly firstFile: (probe: Probe, ours: ReadonlySet<string>) => string | null;
  /** The unit without which it does nothing, so that a mask takes it away; missing: there is none. */
  readonly unit?: string;
}

export interface Surroundings {
  /** Paths that an installation of ours wrote: they are no evidence, a tree must be read the same at the second run. */
  readonly ours: ReadonlySet<string>;
  /** The manager in use that writes files for this one, or null. */
  readonly writtenForBy: ManagerName | null;
}

export interface Detection {
  /** Its programs are there. */
  readonly present: boolean;
  /** It will act on links. */
  readonly inUse: boolean;
  /** It has configuration of its own for some link; else it is there, and would do what it does by default. */
  readonly configured: boolean;
  /** The path or unit that says so, for people. */
  readonly evidence: string;
  /** It is installed, and nothing starts it: it acts only once somebody enables it. */
  readonly asleep?: true;
  /** Why what is rendered for it does not keep it off the slaves here; missing: it does. */
  readonly unguarded?: string;
  /** Those that it writes for, as it is configured now. */
  readonly writesFor?: readonly ManagerName[];
}

export type GuardConfig = Pick<MasterConfig, 'masters' | 'command'>;

export interface RenderChoices {
  readonly netplanRenderer: 'networkd' | 'NetworkManager';
  readonly cloudInit?: {
    readonly version: 1 | 2;
    /** seed: a datasource's network-config. system: a file of /etc/cloud/cloud.cfg.d, which comes before any datasource. */
    readonly place: 'seed' | 'system';
  };
}

export interface Rendering {
  /** What keeps it off the slaves, whoever configures the master. The udev rules are not part of it. */
  readonly guard: (config: GuardConfig) => readonly GeneratedFile[];
  /** Guard and master's configuration. `of`: another manager's, for one that writes for others. */
  readonly render: (
    config: MasterConfig,
    choices: RenderChoices,
    of: (name: ManagerName) => Rendering,
  ) => readonly GeneratedFile[];
  /** Why it cannot be given this, in words; null: it can. */
  readonly refuse?: (config: MasterConfig, choices: RenderChoices) => string | null;
  /** It does without the udev rules that give links their roles. */
  readonly withoutRules?: true;
}

export interface ReloadContext {
  /** Has a path like this been written, replaced or taken away? */
  readonly changed: (pattern: RegExp) => boolean;
  /** Another manager has just written its files anew. */
  readonly rewritten: boolean;
  readonly inUse: boolean;
  /** Every link of a failover group; no other is touched. */
  readonly links: readonly string[];
  /** Groups that udev could not give their names. */
  readonly misnamed: readonly Misnamed[];
  /** Is this unit active? A daemon that is not will read its files when it starts. */
  readonly running: (unit: string) => boolean;
}

/** One link of the group took the name that was meant for another. */
export interface Misnamed {
  readonly master: string;
  readonly slaves: readonly string[];
}

export interface ManagedState {
  /** In the daemon's own words. */
  readonly state: string;
  /** The file, connection or stanza, or null. */
  readonly by: string | null;
  /** Does it configure the link, or would it? Not so where it says that the link is none of its own. */
  readonly active: boolean;
}
