/**
 * A guest as the linter sees it: for each phase of its life, every link with what a daemon can ask of it. The managers
 * match against these facts; none of them knows how they were come by (live, an image, a snapshot, or assumed).
 *
 * Throughout, `undefined` means not known, so that a match on it is `maybe`; `null` means known to be absent.
 */
import type { GroupKind, Role } from './failover-group.ts';

export interface LinkFacts {
  readonly role: Role;
  /** Which of the guest's groups the link belongs to, or null. */
  readonly group: number | null;
  /** The name once udev is done with it. */
  readonly name: string;
  /** The kernel's name at the `add` event (eth0); .link files and udev rules see it. */
  readonly kernelName: string | undefined;
  readonly altnames: readonly string[] | undefined;
  /** Where altnames are not known: what they may be. */
  readonly possibleAltnames?: PossibleNames;
  /** Where the link's device is: 0000:00:0a.0. Undefined: not known, or not on PCI. */
  readonly pciAddress?: string | undefined;
  /** Current and permanent MAC, lower case. */
  readonly mac: string | undefined;
  readonly permanentMac: string | undefined;
  /** ethtool's driver: networkd, .link files and ID_NET_DRIVER. `net_failover` on a master. */
  readonly driver: string | undefined;
  /** The parent device's driver in sysfs: udev DRIVERS==, NetworkManager, cloud-init, `netplan apply`. `virtio_net` on a master. */
  readonly parentDriver: string | null | undefined;
  /** The rtnetlink kind; null for real devices and all links of a failover group. */
  readonly kind: string | null | undefined;
  /** networkd's Type=: DEVTYPE, else the ARPHRD name in lower case. */
  readonly type: string | undefined;
  /** udev's ID_PATH. */
  readonly idPath: string | null | undefined;
  /** udev's property database, as it is when the managers look. A key that is missing in a known map is absent. */
  readonly properties: ReadonlyMap<string, string> | undefined;
  /** Keys whose value is not known although `properties` are: a rule that may match sets them. */
  readonly uncertainProperties?: ReadonlySet<string>;
  /** `properties` were predicted, and what udev's builtins find out by themselves (ID_…) is not among them. */
  readonly builtinsUnknown?: boolean;
  /** The link's master at the time of the uevent, when rules run and daemons decide: null when not enslaved (yet). */
  readonly master: string | null;
}

/** What a link may be called besides its name. */
export interface PossibleNames {
  /** Names in which each `#` stands for one or more digits. */
  readonly shapes: readonly string[];
  /** What other links of the guest are called. */
  readonly taken: readonly string[];
}

/** Is a udev property not known, though others may be? */
export function isUncertainProperty(link: LinkFacts, key: string): boolean {
  if (link.properties === undefined || link.uncertainProperties?.has(key) === true) return true;
  return link.builtinsUnknown === true && key.startsWith('ID_') && !link.properties.has(key);
}

/** A time in the guest's life at which managers decide about links. */
export interface Phase {
  readonly name: PhaseName;
  /** For people: "at boot", "after the VF came back on another slot". */
  readonly title: string;
  readonly links: readonly LinkFacts[];
}

export type PhaseName = 'boot' | 'vf-absent' | 'vf-back' | 'vf-unenslaved' | 'vf-first';

export interface Guest {
  readonly groups: readonly { readonly kind: GroupKind; readonly mac: string | undefined }[];
  readonly phases: readonly Phase[];
  readonly host: HostFacts;
}

/** What conditions in configuration files ask of the machine, and which daemon versions decide. */
export interface HostFacts {
  readonly hostname: string | undefined;
  readonly architecture: string | undefined;
  /** systemd-detect-virt's word: kvm, microsoft, … */
  readonly virtualization: string | null | undefined;
  /** uname -r. */
  readonly kernelVersion: string | undefined;
  readonly kernelCommandLine: string | undefined;
  /** Versions of the daemons that are present: { systemd: 252, networkmanager: '1.42.4', netplan: '0.106' }. Undefined: not known. */
  readonly systemdVersion: number | undefined;
  readonly netplanVersion: string | undefined;
  readonly networkManagerVersion: string | undefined;
  /** NetworkManager's plugins for settings that are installed, beside keyfile. */
  readonly networkManagerPlugins?: readonly string[] | undefined;
  readonly ifupdownVersion: string | undefined;
  /** Whose ifup it is, by its files: seven programs have that name. */
  readonly ifup?: string | undefined;
  /** Who reads /etc/sysconfig/network-scripts, and what says so; undefined: not known, NetworkManager is taken to. */
  readonly ifcfgReaders?:
    { readonly networkManager: boolean; readonly scripts: boolean; readonly evidence: string } | undefined;
  readonly cloudInitVersion?: string | undefined;
  /** os-release(5), and whose kin it is. */
  readonly distribution?: { readonly id: string; readonly family: string | undefined } | undefined;
  /** Are there the tools that cloud-init's sysconfig renderer asks for? */
  readonly hasSysconfig?: boolean | undefined;
  /** Is there an ovs-vsctl, which netplan asks for? */
  readonly hasOpenVSwitch?: boolean | undefined;
}

/** Of a guest of which nothing is known. */
export const unknownHost: HostFacts = {
  hostname: undefined,
  architecture: undefined,
  virtualization: undefined,
  kernelVersion: undefined,
  kernelCommandLine: undefined,
  systemdVersion: undefined,
  netplanVersion: undefined,
  networkManagerVersion: undefined,
  ifupdownVersion: undefined,
  cloudInitVersion: undefined,
};
