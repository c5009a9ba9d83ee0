/** Files that a daemon never reads, because they lie beside the folder that it looks in or have another ending. */
import type { ConfigFile, JudgeContext, ManagerName } from '../managers/claim.ts';

interface Place {
  readonly manager: ManagerName;
  /** A glob(3) of files. */
  readonly found: string;
  /** Names among them that a daemon does read. */
  readonly reads?: RegExp;
  /** Where it looks. */
  readonly expected: string;
}

const networkd = '/etc/systemd/network/NAME.network';
const rules = '/etc/udev/rules.d/NAME.rules';
const keyfile = '/etc/NetworkManager/system-connections/NAME.nmconnection';
const networkManager = '/etc/NetworkManager/conf.d/NAME.conf';

/** systemd.network(5), udev(7), netplan(5), NetworkManager.conf(5), nm-settings-keyfile(5), interfaces(5), cloud-init's docs. */
const places: readonly Place[] = [
  { manager: 'networkd', found: '/etc/systemd/network/*', reads: /\.(?:network|netdev|link)$/, expected: networkd },
  {
    manager: 'networkd',
    found: '/etc/systemd/network/*.d/*',
    reads: /\.(?:network|netdev|link)\.d\/[^/]*\.conf$/,
    expected: `${networkd}.d/NAME.conf`,
  },
  ...['network', 'netdev'].flatMap((suffix) =>
    [
      '/etc/systemd',
      '/etc/systemd/system',
      '/etc/systemd/networkd',
      '/etc/systemd/network.d',
      '/etc/network',
      '/etc/networkd',
      '/etc/udev/rules.d',
    ].map((folder): Place => ({
      manager: 'networkd',
      found: `${folder}/*.${suffix}`,
      expected: `/etc/systemd/network/NAME.${suffix}`,
    })),
  ),
  ...['/etc/systemd', '/etc/systemd/link', '/etc/systemd/links', '/etc/udev', '/etc/udev/rules.d'].map(
    (folder): Place => ({ manager: 'udev', found: `${folder}/*.link`, expected: '/etc/systemd/network/NAME.link' }),
  ),
  { manager: 'udev', found: '/etc/udev/rules.d/*', reads: /\.(?:rules|link|network|netdev)$/, expected: rules },
  ...['/etc/udev', '/etc/udev/rules', '/etc/udev.d', '/etc/systemd/network', '/etc/systemd'].map((folder): Place => ({
    manager: 'udev',
    found: `${folder}/*.rules`,
    expected: rules,
  })),
  ...['/etc/network/interface', '/etc/interfaces', '/etc/interfaces.d/*', '/etc/network/interface.d/*'].map(
    (found): Place => ({ manager: 'ifupdown', found, expected: '/etc/network/interfaces, or a file that it sources' }),
  ),
  {
    manager: 'ifupdown',
    found: '/etc/network/interfaces.d/*/*',
    expected: "a file in '/etc/network/interfaces.d' itself, or a source line for this one",
  },
  { manager: 'netplan', found: '/etc/netplan/*', reads: /\.yaml$/, expected: '/etc/netplan/NAME.yaml' },
  { manager: 'netplan', found: '/etc/netplan/*/*', expected: '/etc/netplan/NAME.yaml' },
  { manager: 'netplan', found: '/etc/netplan.d/*', expected: '/etc/netplan/NAME.yaml' },
  { manager: 'networkmanager', found: '/etc/NetworkManager/conf.d/*', reads: /\.conf$/, expected: networkManager },
  {
    manager: 'networkmanager',
    found: '/etc/NetworkManager/*.conf',
    reads: /\/NetworkManager\.conf$/,
    expected: networkManager,
  },
  { manager: 'networkmanager', found: '/etc/NetworkManager/*.conf.d/*.conf', expected: networkManager },
  { manager: 'networkmanager', found: '/etc/NetworkManager/*.nmconnection', expected: keyfile },
  { manager: 'networkmanager', found: '/etc/network/*.nmconnection', expected: keyfile },
  { manager: 'networkmanager', found: '/etc/NetworkManager/connections/*', expected: keyfile },
  { manager: 'networkmanager', found: '/etc/NetworkManager/system-connections.d/*', expected: keyfile },
  { manager: 'networkmanager', found: '/etc/NetworkManager/system-connections/*/*', expected: keyfile },
  {
    manager: 'cloud-init',
    found: '/etc/cloud/*.cfg',
    reads: /\/cloud\.cfg$/,
    expected: '/etc/cloud/cloud.cfg.d/NAME.cfg',
  },
  {
    manager: 'cloud-init',
    found: '/etc/cloud/cloud.cfg.d/*',
    reads: /\.cfg$/,
    expected: '/etc/cloud/cloud.cfg.d/NAME.cfg',
  },
];

/** Left by editors, packages and people who know that it is not read; and what explains a folder. */
const leftover =
  /(?:~|\.(?:bak|backup|orig|rej|old|save|saved|swp|tmp|disabled|off|example|sample|md|txt|dpkg-\w+|rpm\w+|ucf-\w+|failoverctl-\w+)|\/README[^/]*|\/\d{8}.*)$/i;

export interface Misfiled {
  readonly manager: ManagerName;
  readonly file: ConfigFile;
  readonly why: string;
}

/** `managers`: those that the system has. */
export function findMisfiled(managers: ReadonlySet<ManagerName>, { include }: JudgeContext): readonly Misfiled[] {
  const told = new Map<string, Misfiled>();
  for (const { manager, found, reads, expected } of places) {
    if (!managers.has(manager)) continue;
    for (const file of include(found)) {
      if (reads?.test(file.path) === true || leftover.test(file.path) || file.source.text === '') continue;
      if (!told.has(file.path)) told.set(file.path, { manager, file, why: `expected ${expected}` });
    }
  }
  return [...told.values()];
}
