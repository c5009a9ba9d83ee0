/** Random configurations for NetworkManager: conf.d and profiles that decide, in different ways, about the lab's three links. */
import fc from 'fast-check';
import { defaultMac } from '../guest.ts';

const spec = fc.constantFrom(
  '*',
  'interface-name:enp1s0',
  'interface-name:=enp2s0',
  'interface-name:~enp?s0',
  'interface-name:*nsby',
  'interface-name:=*nsby',
  `mac:${defaultMac}`,
  'mac:52:54:00:00:00:01',
  'driver:virtio_net',
  'driver:e1000e',
  'driver:net_failover',
  'driver:virtio/*',
  'type:ethernet',
  'type:wifi',
  'enp2s0',
  's390-subchannels:0.0.1',
);
const specs = fc
  .array(fc.tuple(spec, fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 3 })
  .map((words) => words.map(([word, dice]) => (dice === 0 ? `except:${word}` : word)).join(','));

const section = fc.oneof(
  specs.map((list) => `[keyfile]\nunmanaged-devices=${list}\n`),
  specs.map((list) => `[keyfile]\nunmanaged-devices+=${list}\n`),
  specs.map((list) => `[main]\nno-auto-default=${list}\n`),
  fc
    .tuple(fc.constantFrom('device-a', 'device-b', 'device'), fc.option(specs), fc.constantFrom('0', '1', 'no', 'yes'))
    .map(([name, list, managed]) => `[${name}]\n${list === null ? '' : `match-device=${list}\n`}managed=${managed}\n`),
);

const pattern = fc.constantFrom('enp*', '!enp2s0', '&enp1*', '|enp2s0', '!*nsby', 'enp1s0', '&!enp1s0');
const profile = fc
  .record({
    name: fc.option(fc.constantFrom('enp1s0', 'enp1s0nsby', 'enp2s0', 'enp9s0')),
    mac: fc.option(fc.constantFrom(defaultMac.toUpperCase(), '52:54:00:00:00:01'), { freq: 3 }),
    patterns: fc.option(fc.array(pattern, { minLength: 1, maxLength: 2 }), { freq: 2 }),
    driver: fc.option(fc.constantFrom('virtio_net', 'e1000e', '!virtio_net', 'net_failover'), { freq: 2 }),
    autoconnect: fc.constantFrom('', 'autoconnect=false\n', 'autoconnect=true\n'),
    priority: fc.constantFrom('', 'autoconnect-priority=5\n', 'autoconnect-priority=-5\n'),
    multiple: fc.constantFrom('', 'multi-connect=3\n'),
    method: fc.constantFrom('auto', 'link-local'),
  })
  .map(({ name, mac, patterns, driver, autoconnect, priority, multiple, method }) => {
    const match = [
      ...(patterns === null ? [] : [`interface-name=${patterns.join(';')};\n`]),
      ...(driver === null ? [] : [`driver=${driver};\n`]),
    ];
    return [
      name === null ? '' : `interface-name=${name}\n`,
      autoconnect,
      priority,
      multiple,
      mac === null ? '' : `\n[ethernet]\nmac-address=${mac}\n`,
      match.length === 0 ? '' : `\n[match]\n${match.join('')}`,
      `\n[ipv4]\nmethod=${method}\n`,
    ].join('');
  });

/** Files by path. The same seed gives the same configurations. */
export function randomConfigurations(seed: number, count: number): readonly Readonly<Record<string, string>>[] {
  const configuration = fc
    .record({
      confs: fc.array(section, { maxLength: 3 }),
      profiles: fc.array(profile, { maxLength: 2 }),
    })
    .map(({ confs, profiles }) =>
      Object.fromEntries([
        ...confs.map((text, index) => [`/etc/NetworkManager/conf.d/${index}-lab.conf`, text] as const),
        ...profiles.map(
          (text, index) =>
            [
              `/etc/NetworkManager/system-connections/lab${index}.nmconnection`,
              `[connection]\nid=lab${index}\ntype=ethernet\n${text}`,
            ] as const,
        ),
      ]),
    );
  return fc.sample(configuration, { seed, numRuns: count });
}
