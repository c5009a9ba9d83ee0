/** Random rules and .link files, of what the links of namespace.ts answer, of near misses, and of faults. */
import fc from 'fast-check';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import { configFile } from '../config-file.ts';

/** Choices in rows, separated by spaces. */
const choices = (...rows: readonly string[]) => rows.flatMap((row) => row.split(' '));
const oneOf = (...rows: readonly string[]) => fc.constantFrom(...choices(...rows));

const comparison = fc.oneof(
  oneOf(
    'KERNEL=="ens10" KERNEL=="ens*" KERNEL=="eth?|br*" KERNEL!="lo" KERNEL=="ens1[01]" KERNEL=="ens10|" KERNEL=="*nsby"',
    'ACTION=="add" ACTION!="remove" ACTION=="add|change" ACTION=="move" SUBSYSTEM=="net" SUBSYSTEM!="net" SUBSYSTEM=="n*"',
    'ATTR{address}=="52:54:00:00:12:53" ATTR{address}=="52:54:*" ATTR{address}!="52:54:00:00:12:53" ATTR{type}=="1"',
    'ATTR{phys_port_name}=="sby" ATTR{phys_port_name}!="sby" ATTR{device/features}=="*" ATTR{master/address}=="52:54:00:aa:bb:02"',
    'ATTR{master/address}!="x" ATTR{master}=="*" ATTR{nothing}!="x" ATTR{type}!="1|772" ATTR{type}=="?*" ATTR{type}==""',
  ),
  oneOf(
    'TEST=="master" TEST!="master" TEST=="device" TEST=="bonding_slave" TEST!="device/features" DRIVERS=="?*" DRIVERS!="x"',
    'DRIVERS=="" DRIVER=="" DRIVER!="veth" KERNELS=="ens10" KERNELS=="?*" SUBSYSTEMS=="net" SUBSYSTEMS=="pci" TAG=="t"',
    'TAG!="t" TAGS=="t" NAME=="" NAME!="" NAME=="lan*" CONST{virt}=="?*" DEVPATH=="*/virtual/*" ATTRS{type}=="1"',
    'ENV{A}=="1" ENV{A}!="1" ENV{B}=="" ENV{B}=="?*" ENV{A}=="1|2|" ENV{B}=="x*" ENV{.C}=="" ENV{INTERFACE}=="ens*"',
    'IMPORT{cmdline}="net.ifnames" IMPORT{cmdline}="verbose" ENV{net.ifnames}=="1" ENV{quiet}=="1" ENV{NOTHING}!="1"',
  ),
);

const assignment = oneOf(
  'ENV{A}="1" ENV{A}="2" ENV{B}="x$attr{address}" ENV{B}+="y" ENV{A}="" ENV{.C}="%k" ENV{B}="$env{A}" ENV{A}+="z"',
  'ENV{ID_NET_MANAGED_BY}="unmanaged" ENV{NM_UNMANAGED}="1" NAME="lan0" NAME="lan1" NAME:="lan2" NAME="net%n" TAG+="t"',
  'TAG-="t" ENV{D}=e"a\\x62c" ENV{D}="a\\"b" ENV{D}="$$%%" ENV{D}="$name" ENV{D}="%E{A}" ENV{A}:="3" ENV{D}="$kernel-%s{type}"',
  'RUN+="/bin/true" GOTO="end" GOTO="end" GOTO="middle" LABEL="middle" IMPORT{cmdline}="quiet" ENV{D}="$sysfs{type}"',
);

const fault = oneOf(
  'NAM="x" KERNEL="x" ENV="x" ATTR{}=="x" NAME="" NAME="%k" ACTION{x}=="add" GOTO=="end" KERNEL==ens10 TEST="x" ENV{A}-="1"',
  'ENV{A OPTIONS="nonsense" IMPORT{x}="y" IMPORT{builtin}="nothing" KERNEL=="x RESULT="x" ENV{ACTION}="x" OPTIONS+="watch"',
  'OPTIONS="link_priority=high" RUN{x}="y" CONST{os}=="x" kernel=="x" ATTR{a}-="b" LABEL:="x" SUBSYSTEM=="net"; TEST{9}=="x"',
);

const separator = fc.constantFrom(', ', ', ', ', ', ',', ' ', ', \\\n   ', ', \\\n# between\n ', '  ,, ');

const ruleLine = fc
  .tuple(
    fc.array(comparison, { maxLength: 3 }),
    fc.array(assignment, { minLength: 0, maxLength: 3 }),
    fc.oneof({ weight: 12, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fault }),
    separator,
  )
  .map(([compare, assign, wrong, between]) =>
    [...compare, ...assign, wrong].filter((token) => token !== '').join(between),
  );

const rulesText = fc
  .tuple(
    fc.array(ruleLine, { minLength: 1, maxLength: 8 }),
    fc.constantFrom('\n', '\n', '\n# a comment\n', '\n\n', '\r\n'),
  )
  .map(([lines, end]) => [...lines, 'LABEL="end"', 'ENV{Z}="end"', ''].join(end));

const rulesNames = ['10-first', '50-b', '70-persistent-net', '75-x', '81-after', '99-z'].map((name) => `${name}.rules`);

const rulesFile = fc
  .tuple(fc.constantFrom('/etc', '/run', '/usr/local/lib', '/usr/lib'), fc.constantFrom(...rulesNames), rulesText)
  .map(([root, name, text]): ConfigFile => configFile(`${root}/udev/rules.d/${name}`, text));

export const rulesConfiguration = fc.record({
  action: fc.constantFrom('add', 'add', 'add', 'change', 'move'),
  files: fc.uniqueArray(rulesFile, { minLength: 1, maxLength: 4, selector: ({ path }) => path }),
});

const matchLine = oneOf(
  'OriginalName=ens10 OriginalName=ens* OriginalName=!ens10 OriginalName=* OriginalName=enp1s0 OriginalName=eth0',
  'MACAddress=52:54:00:00:12:53 PermanentMACAddress=00:00:00:00:00:00 MACAddress=52-54-00-aa-bb-01 Driver=veth Driver=!veth',
  'Driver=net_failover Type=ether Type=!bridge Kind=veth Kind=!* Path=pci-* Path=!* Property=ROLE=standby Property=!ROLE=*',
  'Host=failover-guest Host=other Virtualization=!vm KernelVersion=>4 OriginalName= Name=ens10 OriginalName=a-name-too-long-for-it',
  'Nonsense=1 [Link] OriginalName=ens10\\',
);

const linkText = fc
  .tuple(
    fc.array(matchLine, { maxLength: 3 }),
    fc.constantFrom('Name=lan7', 'Name=', 'NamePolicy=path slot', 'Name=a/b', ''),
  )
  .map(([lines, setting]) => ['[Match]', ...lines, '[Link]', setting, ''].join('\n'));

const linkNames = ['10-a.link', '10-b.link', '50-c.link', '10-a.link.d/x.conf', '99-default.link'];

const linkFile = fc
  .tuple(fc.constantFrom('/etc', '/run', '/usr/local/lib', '/usr/lib'), fc.constantFrom(...linkNames), linkText)
  .map(([root, name, text]): ConfigFile => configFile(`${root}/systemd/network/${name}`, text));

export const linkConfiguration = fc.uniqueArray(linkFile, { minLength: 1, maxLength: 5, selector: ({ path }) => path });
