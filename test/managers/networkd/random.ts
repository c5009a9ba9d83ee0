/** Random configurations of networkd, made of what the links of daemon.ts answer, of near misses, and of faults. */
import fc from 'fast-check';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import { configFile } from '../config-file.ts';

/** Choices in rows, separated by bars. */
const choices = (...rows: readonly string[]) => rows.flatMap((row) => row.split('|'));
const oneOf = (...rows: readonly string[]) => fc.constantFrom(...choices(...rows));

const names = ['ens10', 'ens10nsby', 'ens11', 'eth0', 'br0', 'br-lan', 'mv0', 'mt0', 'vx0', 'lo', 'ens10peer'];
const altnames = ['enp1s0', 'enx525400001253', 'office', 'overlay'];
const nameGlobs = [
  'e*',
  'ens1?',
  'ens*nsby',
  'eth[0-9]',
  '[!e]*',
  '*',
  'br*',
  '??0',
  'enx*',
  '?ns10*',
  'e[mn]s1[01]',
  '\\ens10',
];
const addresses = ['52:54:00:00:12:53', '52-54-00-AA-BB-01', '5254.00aa.bb02', '52:54:0:aa:bb:2', '00:00:00:00:00:00'];
const wrongAddresses = ['52:54:00:00:12', '52:54:00:00:12:5g', '!52:54:00:00:12:53', 'M'];
const drivers = ['veth', 'bridge', 'macvlan', 'vxlan', 'net_failover', 'v*', '*', 'virtio_net', '"br"idge', "'*an'"];
const kinds = ['veth', 'bridge', 'mac*', 'ifb', 'vxlan', '*', 'bond'];
const types = ['ether', 'loopback', 'bridge', 'vxlan', '*', 'wlan', 'bond'];
const paths = ['pci-0000:01:00.0', 'pci-*', 'pci-0000:02:*', '*', 'virtio'];
const properties = choices(
  'ROLE=standby|ROLE=*|ROLE=?*|ROLE=|NM_UNMANAGED=1|ID_PATH=pci-*|"ROLE=standby"|ROLE=\\x73tandby',
  'NOTHING=*|ID_NET_MANAGED_BY=unmanaged|ROLE|1A=b|ROLE=none|R\\qLE=none',
);
const conditions: readonly (readonly [key: string, values: readonly string[]])[] = [
  ['Host', ['failover-guest', 'FAILOVER-*', 'other', '*']],
  ['Virtualization', ['yes', 'no', 'vm', 'container', 'docker', 'kvm']],
  ['KernelVersion', ['>=4.18', '<5', '*', '>= 5.1', '!=6.1', '>3 <99', '<>1', '$=*.*', '> ']],
  ['KernelCommandLine', ['quiet', 'net.ifnames', 'net.ifnames=1', 'net.ifnames=0', 'quoted word', 'verbose', 'root']],
  ['Architecture', ['x86-64', 'native', 'arm64', 'x86']],
  [
    'Version',
    ['systemd >= 258', 'systemd < 200', '>=4.18 <99', 'kernel >= 4', 'kernel <4', 'systemd >=252 <999', '<1'],
  ],
];

const words = (pool: readonly string[]) =>
  fc.array(fc.constantFrom(...pool), { minLength: 1, maxLength: 3 }).map((chosen) => chosen.join(' '));
const negated = (value: fc.Arbitrary<string>) =>
  fc.tuple(fc.constantFrom('', '', '', '!'), value).map(([mark, text]) => mark + text);
const key = (name: string, pool: readonly string[]) => negated(words(pool)).map((value) => `${name}=${value}`);

const conditionLine = fc
  .constantFrom(...conditions)
  .chain(([name, values]) => negated(fc.constantFrom(...values)).map((value) => `${name}=${value}`));

const nameWords = [...names, ...names, ...altnames, ...nameGlobs, '!ens10', '!e*', 'a/b', '7', 'all'];
const matchLine = fc.oneof(
  { weight: 8, arbitrary: key('Name', nameWords) },
  { weight: 2, arbitrary: key('MACAddress', [...addresses, ...addresses, ...wrongAddresses]) },
  { weight: 2, arbitrary: key('PermanentMACAddress', addresses) },
  { weight: 3, arbitrary: key('Driver', drivers) },
  { weight: 2, arbitrary: key('Kind', kinds) },
  { weight: 2, arbitrary: key('Type', types) },
  { weight: 2, arbitrary: key('Path', paths) },
  { weight: 3, arbitrary: key('Property', properties) },
  { weight: 1, arbitrary: conditionLine },
  {
    weight: 2,
    arbitrary: oneOf(
      'Name=|Driver=|Property=|Host=|Type=|MACAddress=',
      'Nmae=eth0|OriginalName=*|# Name=*|; Name=*|X-Name=*|Name = ens10  |SSID=home|WLANInterfaceType=!ap',
      'Name=ens10 \\\n ens11|Name=ens10 \\\n# not\n eth0|Name=eth0 # the first|name=eth0|Name|=eth0',
      `Name="ens10"|Driver='veth|Driver="vet h"|Path=pci\\-*|Name=a\\`,
    ),
  },
);

const otherLine = oneOf(
  '[Network]|DHCP=yes|DHCP=maybe|[Link]|Unmanaged=perhaps|Unmanaged=no|Name=eth0|[DHCPv4]|ClientIdentifier=mac',
  'ClientIdentifier=name|[Netwrok]|Address=10.0.0.1/24|[X-Own]|Anything=1|[DHCP]|MTUBytes=1500|MTUBytes=big',
  'LinkLocalAddressing=no|LinkLocalAddressing=off course|ActivationPolicy=manual|RequiredForOnline=routable|[Match|',
  'KeepMaster=yes',
  '[Network]\nAddress=192.168.0.300/24|[Network]\nAddress=192.0.2.7/33|[Network]\nGateway=192.0.2.256|[Network]\nDNS=foo 192.0.2.1',
  '[DHCPv4]\nRouteMetric=low|[Route]\nMetric=-1|[Route]\nDestination=2001:db8::/129|[Network]\nVLAN=a b|[Address]\nLabel=x|[Link]\nMACAddress=5',
  '[DHCPServer]\nPersistLeases=runtime|[Bridge]\nLocked=yes|[Network]\nMPLSRouting=perhaps|[DHCPRelay]\nAgentAddress=1|[Neighbor]\nAddress=::1',
  'ActivationPolicy=sideways|RequiredForOnline=sure|IPv6AcceptRA=no # none|[Match]|Kind=veth|[IPoIB]|Mode=datagram',
);

/** What keeps the daemon from touching the links, which the next configuration finds as they were. */
const unmanaged = '[Link]\nUnmanaged=yes\n';

const text = fc
  .tuple(
    fc.array(matchLine, { maxLength: 4 }),
    fc.array(otherLine, { maxLength: 3 }),
    fc.constantFrom('\n', '\n', '\n', '\r\n'),
    fc.constantFrom('', '', '', '\ufeff', '# comment\n\n'),
  )
  .map(([match, other, end, start]) => {
    const lines = ['[Match]', ...match, ...other].join('\n');
    return (start + lines + '\n' + unmanaged).replaceAll('\n', end);
  });

const directories = ['/etc', '/run', '/usr/local/lib', '/usr/lib'].map((root) => `${root}/systemd/network`);
const fileNames = ['05-guard', '10-netplan-ens10', '10-a', '10-B', '10-b', '20-c', '80-d', 'é'].map(
  (name) => `${name}.network`,
);

const file = fc
  .record({
    directory: fc.constantFrom(...directories),
    name: fc.constantFrom(...fileNames),
    dropIn: fc.constantFrom(null, null, null, null, '10-x.conf', '20-y.conf', 'no-suffix'),
    text,
    mask: fc.constantFrom(false, false, false, false, false, false, false, false, 'link' as const, 'empty' as const),
  })
  .map(({ directory, name, dropIn, text: content, mask }): ConfigFile => {
    const path = dropIn === null ? `${directory}/${name}` : `${directory}/${name}.d/${dropIn}`;
    if (mask === 'link') return configFile(path, '', '/dev/null');
    return configFile(path, mask === 'empty' ? '' : content);
  });

export const configuration: fc.Arbitrary<readonly ConfigFile[]> = fc.uniqueArray(file, {
  minLength: 1,
  maxLength: 7,
  selector: ({ path }) => path,
});
