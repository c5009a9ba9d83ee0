/** Our reading of a netplan configuration against netplan's: does it take the files, and what does it write? */
import type { ConfigFile } from '../../../src/managers/claim.ts';
import { netplan } from '../../../src/managers/netplan/manager.ts';
import { assumedGuest } from '../guest.ts';
import type { NetplanAnswer, Way } from './oracle.ts';

export interface Tally {
  verdicts: number;
  accepted: number;
  files: number;
  /** Profiles of what no failover guest has (wifis, modems, tunnels), which we do not lower; and what netplan died of. */
  beyond: number;
  /** "CASE: what": of verdicts and of files. */
  readonly disagreements: string[];
}

export function newTally(): Tally {
  return { verdicts: 0, accepted: 0, files: 0, beyond: 0, disagreements: [] };
}

/** Files that the daemons read which decide about links; the units of wpa_supplicant and Open vSwitch are none of them. */
const judged =
  /^\/run\/(?:systemd\/network\/[^/]+\.(?:network|link)|udev\/rules\.d\/9\d-netplan[^/]*\.rules|NetworkManager\/system-connections\/.+|NetworkManager\/conf\.d\/netplan\.conf)$/;

const beyondProfile = /^type=(?!(?:ethernet|bond|bridge|vlan|vrf|dummy|veth)$)/m;

/** `way`: the boot's verdict is what it writes. */
export function compare(
  title: string,
  files: readonly ConfigFile[],
  host: { readonly version: string; readonly hasOpenVSwitch: boolean },
  answer: NetplanAnswer,
  way: Way,
  tally: Tally,
): void {
  const guest = assumedGuest(252, [], { netplanVersion: host.version, hasOpenVSwitch: host.hasOpenVSwitch });
  const context = { include: () => [] };
  // 0.106 dies of an assertion where a gateway is said twice.
  if (answer.crashed) {
    tally.beyond += 1;
    return;
  }
  if (way === 'command') {
    const refusals = netplan.judge(files, guest, context).problems.filter(({ fatal }) => fatal === true);
    const accepts = refusals.length === 0;
    if (accepts !== answer.accepted) {
      const why = accepts ? answer.message : (refusals[0]?.message ?? '');
      tally.disagreements.push(`${title}: only ${accepts ? 'netplan' : 'we'} refuse: ${why}`);
      return;
    }
    tally.verdicts += 1;
    if (!accepts) return;
    tally.accepted += 1;
  }
  const ours = new Map(
    (netplan.lower?.(files, guest, context) ?? []).map(({ path, source }) => [path, source.text] as const),
  );
  for (const path of new Set([...ours.keys(), ...answer.files.keys()])) {
    if (!judged.test(path)) continue;
    const [we, they] = [ours.get(path), answer.files.get(path)];
    if (we === undefined && they !== undefined && beyondProfile.test(they)) {
      tally.beyond += 1;
      continue;
    }
    const difference =
      we === undefined ? 'only netplan writes it' : they === undefined ? 'only we write it' : differ(path, we, they);
    if (difference === null) tally.files += 1;
    else tally.disagreements.push(`${title}: ${path}: ${difference}`);
  }
}

/** Groups of a profile that say which link it takes, and how that is addressed. */
const groups = /^\[(?:connection|ethernet|vlan|vrf|match|ipv4|ipv6|device-.*)\]$/;

/** What is in one and not in the other, or null. */
function differ(path: string, ours: string, theirs: string): string | null {
  const [we, they] = [ours, theirs].map((text) => factsOf(path, text));
  const missing = they?.filter((line) => we?.includes(line) !== true) ?? [];
  const surplus = we?.filter((line) => they?.includes(line) !== true) ?? [];
  if (missing.length + surplus.length > 0) return `missing ${missing.join(' | ')}; surplus ${surplus.join(' | ')}`;
  const isOrdered = !path.startsWith('/run/NetworkManager/');
  return isOrdered && we?.join('\n') !== they?.join('\n') ? 'another order' : null;
}

/** Settings with their sections; of rules the lines. Comments and UUIDs, which are random, are left out. */
function factsOf(path: string, text: string): readonly string[] {
  const sections = text.trim().split('\n\n');
  const lines = sections.flatMap((one) => one.split('\n')).filter((line) => line !== '' && !line.startsWith('#'));
  if (path.endsWith('.rules')) return lines;
  let section = '';
  return lines.flatMap((line) => {
    if (line.startsWith('[')) {
      section = line;
      return path.startsWith('/run/NetworkManager/') ? [] : [line];
    }
    if (path.startsWith('/run/NetworkManager/') && !groups.test(section)) return [];
    // `wakeonwlan:` of an Ethernet NIC is written too, where NetworkManager has no such key.
    return /^uuid=|^parent=[0-9a-f-]{36}$|^wake-on-wlan=/.test(line) ? [] : [`${section}${line}`];
  });
}
