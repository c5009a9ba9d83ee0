/**
 * cloud-init as the linter knows it: it configures no link itself, but writes files for the manager that it finds, and
 * renames links by their MAC. Judged is what it does itself; the files that it would write go to their managers.
 */
import { allOf } from '../verdict.ts';
import { chooseRenderer, type RendererName } from './choose-renderer.ts';
import { readDevices } from './devices.ts';
import type { Device } from './device.ts';
import { renderIfupdown } from './lower-ifupdown.ts';
import { passToNetplan, renderNetplan } from './lower-netplan.ts';
import { renderNetworkManager } from './lower-network-manager.ts';
import { renderNetworkd } from './lower-networkd.ts';
import { renderSysconfig } from './lower-sysconfig.ts';
import { seedDirectories, selectConfig, upgradedMarker } from './sources.ts';
import type {
  Claim,
  ConfigFile,
  Decision,
  JudgeContext,
  Judgement,
  Manager,
  ManagerName,
  MatchKey,
  Verdict,
} from '../claim.ts';
import type { Guest, LinkFacts, Phase } from '../../topology/guest.ts';
import type { YamlMap } from '../../text/yaml-tree.ts';
import { misfiled } from './misfiled.ts';

export const cloudInit: Manager = {
  name: 'cloud-init',
  misfiled,
  locations: [
    { path: '/etc/cloud/cloud.cfg' },
    { path: '/etc/cloud/cloud.cfg.d', pattern: /\.cfg$/ },
    { path: '/run/cloud-init/cloud.cfg' },
    ...seedDirectories.flatMap((directory) => [
      { path: `${directory}/network-config` },
      { path: `${directory}/user-data` },
      { path: `${directory}/vendor-data` },
    ]),
    { path: '/var/lib/cloud/instance/network-config.json' },
    { path: upgradedMarker },
  ],
  recognise: (path, text) => isOurs(path) || /^#cloud-config[ \t]*$/m.test(text.slice(0, 200)) || isVersion1(text),
  lower: (files, guest) => lower(files, guest),
  judge,
  renames: true,
};

function isOurs(path: string): boolean {
  return /(?:^|\/)(?:cloud\.cfg|cloud\.cfg\.d\/[^/]+\.cfg|network-config(?:\.ya?ml|\.json)?|(?:user|vendor)-data)$/.test(
    path,
  );
}

/** Version 2 alone is netplan's as well, and belongs to it. */
function isVersion1(text: string): boolean {
  return /^[ \t]*version:[ \t]*1[ \t]*$/m.test(text) && /^[ \t]*config:[ \t]*$/m.test(text);
}

export { chooseRenderer, type RendererName };

/** Whose files each renderer writes. */
export const managerOfRenderer: Readonly<Record<RendererName, ManagerName>> = {
  netplan: 'netplan',
  eni: 'ifupdown',
  networkd: 'networkd',
  'network-manager': 'networkmanager',
  sysconfig: 'ifcfg',
  'sysconfig-suse': 'wicked',
};

function lower(files: readonly ConfigFile[], guest: Guest): readonly ConfigFile[] {
  const selection = selectConfig(files, guest.host.kernelCommandLine);
  if (selection.config === null) return [];
  const { host } = guest;
  const links = visibleLinks(bootPhase(guest));
  return lowerConfig(selection.config, chooseRenderer(selection, host), links, host.cloudInitVersion);
}

/** What a renderer would write; nothing, if it cannot read the configuration. */
export function lowerConfig(
  config: YamlMap,
  renderer: RendererName | null,
  links: readonly LinkFacts[],
  cloudInitVersion?: string,
): readonly ConfigFile[] {
  const { version, devices, problems } = readDevices(config, links, renderer, cloudInitVersion);
  if (version === 2 && renderer === 'netplan') return passToNetplan(config);
  // an exception ends the rendering, and nothing is written
  const fatal = problems.some((problem) => problem.fatal === true);
  const untyped =
    devices.some(({ kind }) => kind === 'untyped') && (renderer === 'eni' || renderer === 'network-manager');
  if (version === null || renderer === null || fatal || untyped) return [];
  switch (renderer) {
    case 'netplan':
      return renderNetplan(devices, config.place, cloudInitVersion);
    case 'eni':
      return renderIfupdown(devices, config.place, cloudInitVersion);
    case 'networkd':
      return renderNetworkd(devices, cloudInitVersion);
    case 'network-manager':
      return renderNetworkManager(devices, cloudInitVersion);
    case 'sysconfig':
      return renderSysconfig(devices, 'rhel', cloudInitVersion);
    case 'sysconfig-suse':
      return renderSysconfig(devices, 'suse', cloudInitVersion);
  }
}

function bootPhase({ phases }: Guest): Phase | undefined {
  return phases.find(({ name }) => name === 'boot') ?? phases[0];
}

/**
 * cloud-init leaves out every slave of a failover master that it sees enslaved (is_netfail_primary, is_netfail_standby in
 * net/__init__.py). A VF without its master yet is an ordinary NIC to it.
 */
function visibleLinks(phase: Phase | undefined): readonly LinkFacts[] {
  return (phase?.links ?? []).filter(
    ({ role, master }) => !((role === 'standby' || role === 'primary') && master !== null),
  );
}

function judge(files: readonly ConfigFile[], guest: Guest, _context: JudgeContext): Judgement {
  const selection = selectConfig(files, guest.host.kernelCommandLine);
  const links = visibleLinks(bootPhase(guest));
  const renderer = chooseRenderer(selection, guest.host);
  const read =
    selection.config === null ? null : readDevices(selection.config, links, renderer, guest.host.cloudInitVersion);
  return {
    decisions: guest.phases.flatMap((phase) => phase.links.map((link) => decide(read?.devices ?? [], phase, link))),
    problems: [...selection.problems, ...(read?.problems ?? [])],
    unread: selection.ignored,
    facts: {
      from: selection.from,
      ...(selection.disabled === null ? {} : { disabled: selection.disabled }),
      ...(read === null ? {} : { version: String(read.version) }),
      renderer: renderer ?? 'none',
    },
  };
}

/** cloud-init-local runs once, at boot: a VF that comes back is none of its business. */
function decide(devices: readonly Device[], phase: Phase, link: LinkFacts): Decision {
  const winners: Claim[] = [];
  const passed: Claim[] = [];
  const visible = visibleLinks(phase);
  const late =
    (phase.name === 'vf-back' || phase.name === 'vf-unenslaved') && link.role !== 'master' && link.role !== 'none';
  const seen = !late && visible.includes(link);
  const twins = visible.filter((other) => other.mac !== undefined && other.mac === link.mac).length > 1;
  for (const device of devices) {
    const claim = claimRename(device, link, seen, twins);
    if (claim !== null) (claim.verdict === 'no' ? passed : winners).push(claim);
  }
  return { manager: 'cloud-init', phase, link, winners, losers: [], passed };
}

function claimRename(device: Device, link: LinkFacts, seen: boolean, twins: boolean): Claim | null {
  const { mac, rename, driver } = device;
  if (mac === null || rename === null) return null;
  const byMac: Verdict = link.mac === undefined ? 'maybe' : link.mac === mac.value.toLowerCase() ? 'yes' : 'no';
  const keys: MatchKey[] = [{ on: 'mac', value: mac.value, verdict: byMac, place: mac.place }];
  if (driver !== null) {
    const parent = link.parentDriver;
    const verdict: Verdict = parent === undefined ? 'maybe' : parent === driver.value ? 'yes' : 'no';
    keys.push({ on: 'parent-driver', value: driver.value, verdict, place: driver.place });
  }
  const matched = allOf(keys.map((key) => key.verdict));
  const verdict: Verdict = !seen ? 'no' : matched === 'yes' && twins ? 'maybe' : matched;
  return {
    manager: 'cloud-init',
    place: device.place,
    verdict,
    reason: reasonFor(device, link, seen, twins, keys),
    keys,
    effects: link.name === device.name ? [] : [{ kind: 'rename', detail: device.name, place: rename.place }],
  };
}

function reasonFor(device: Device, link: LinkFacts, seen: boolean, twins: boolean, keys: readonly MatchKey[]): string {
  if (!seen) return `cloud-init leaves ${link.name} out: it is a slave, or was not there when it ran`;
  const wrong = keys.find(({ verdict }) => verdict === 'no');
  if (wrong?.on === 'mac') return `mac ${wrong.value}: ${link.name} has another`;
  if (wrong !== undefined)
    return `driver ${wrong.value}: the parent driver of ${link.name} is ${link.parentDriver ?? 'none'}`;
  if (twins) return `cloud-init finds the MAC of ${link.name} twice ("duplicate mac found") and may render nothing`;
  return `cloud-init names the link with MAC ${link.mac ?? 'unknown'} ${device.name}`;
}
