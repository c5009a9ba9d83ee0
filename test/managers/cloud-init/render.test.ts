/** What `generate cloud-init` prints, judged by cloud-init itself, by netplan, and by our own linter. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { main } from '../../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../../src/system/memory.ts';
import { askCloudInit, refuteSchema, whyNoCloudInit, whyNoSchema, type Case } from './oracle.ts';

const ci = process.env['CI'] === 'true';
const noRenderers = whyNoCloudInit();
const noSchema = whyNoSchema();
const skipRenderers = noRenderers !== null && !ci ? `skipped: ${noRenderers}` : false;
const skipSchema = noSchema !== null && !ci ? `skipped: ${noSchema}` : false;

const { entries: guest } = JSON.parse(readFileSync('test/fixtures/guests/bookworm-triple.json', 'utf8')) as {
  readonly entries: Readonly<Record<string, MemoryEntry>>;
};
const mac = '52:54:00:00:12:53';

async function generate(args: readonly string[], entries: Readonly<Record<string, MemoryEntry>> = guest) {
  const system = memorySystem(entries);
  const status = await main(['generate', 'cloud-init', ...args], system);
  return { status, text: system.stdout, stderr: system.stderr };
}

const addressings: readonly (readonly string[])[] = [
  [],
  ['--dhcp4', '--dhcp6', '--ra'],
  ['--dhcp6'],
  ['--ra'],
  ['--address', '192.0.2.5/24', '--gateway', '192.0.2.1', '--dns', '192.0.2.53'],
  [
    '--address',
    '192.0.2.5/24',
    '--address',
    '2001:db8::5/64',
    '--gateway',
    '2001:db8::1',
    '--metric',
    '50',
    '--mtu',
    '1400',
  ],
  ['--dhcp4', '--address', '2001:db8::5/64', '--mtu', '1400'],
];
const versions = ['1', '2'].flatMap((version) =>
  addressings.map((words) => ['--config-version', version].concat(words)),
);

/** The tools that have cloud-init choose each renderer, and what else they bring. */
const stacks: Readonly<Partial<Record<Case['renderer'], Readonly<Record<string, MemoryEntry>>>>> = {
  netplan: { '/usr/sbin/netplan': '', '/usr/lib/systemd/systemd-networkd': '' },
  eni: { '/usr/sbin/ifup': '', '/etc/network/interfaces': 'source /etc/network/interfaces.d/*\n' },
  networkd: { '/usr/lib/systemd/systemd-networkd': '' },
  'network-manager': { '/usr/sbin/NetworkManager': '' },
};

for (const args of versions) {
  test(
    `${args.join(' ')}: every renderer of cloud-init configures the master and no slave`,
    { skip: skipRenderers },
    async () => {
      assert.equal(noRenderers, null);
      const { status, text, stderr } = await generate(args);
      assert.equal(status, 0, stderr);
      const renderers = Object.keys(stacks) as Case['renderer'][];
      // cloud-init sees the master, and, when it is early, a VF that is not enslaved yet
      const cases = renderers.map((renderer) => ({ text, renderer, macs: { [mac]: 'enp1s0' } }));
      const answers = askCloudInit(cases);
      answers.forEach((answer, index) => {
        assert.ok('files' in answer, `${renderers[index]}: ${JSON.stringify(answer)}`);
        const all = Object.values(answer.files).join('\n');
        assert.match(all, /enp1s0/, renderers[index]);
        assert.doesNotMatch(all, /enp2s0|nsby/, renderers[index]);
        assert.ok(!all.toLowerCase().includes(mac), `${renderers[index]}: nothing is matched by MAC:\n${all}`);
        const said = args.filter((word) => /[.:]/.test(word)).map((word) => word.split('/')[0] ?? '');
        for (const address of said) assert.ok(all.includes(address), `${renderers[index]} has no ${address}:\n${all}`);
        assert.doesNotMatch(all, /NAME=/, `${renderers[index]}: no udev rule names a link`);
      });
    },
  );

  test(`${args.join(' ')}: lint finds nothing in it, whatever renders it`, async () => {
    const { text } = await generate(args);
    for (const [renderer, stack] of Object.entries(stacks)) {
      const system = memorySystem({
        ...guest,
        ...stack,
        '/etc/cloud/cloud.cfg': `system_info: {network: {renderers: [${renderer}]}}\n`,
        '/var/lib/cloud/seed/nocloud/network-config': { text, mode: 0o600 },
      });
      await main(['lint', '--select', 'FO0,FO1,FO2,FO3', '--json'], system);
      const { findings } = JSON.parse(system.stdout) as {
        findings: readonly { rule: string; file: string; message: string }[];
      };
      // only netplan's version 2 has a word for the identity of a DHCP client: that is an info, FO202
      const mayRemark = renderer !== 'netplan' || args.includes('1');
      // ENI has no word for accept-ra in version 2 beside no address: the link comes up, and the kernel does the rest
      const isSilent = renderer === 'eni' && args.join(' ') === '--config-version 2 --ra';
      const ours = findings.filter(
        ({ file, rule }) =>
          file.endsWith('network-config') && !(mayRemark && rule === 'FO202') && !(isSilent && rule === 'FO112'),
      );
      assert.deepEqual(ours, [], `${renderer}: ${system.stdout}`);
    }
  });

  test(`${args.join(' ')}: the schema takes it`, { skip: skipSchema }, async () => {
    assert.equal(noSchema, null);
    for (const place of [[], ['--for', 'system']]) {
      const { text } = await generate([...args, ...place]);
      const own = place.length === 0 ? text : text.replace(/^network:\n/m, '').replace(/^ {2}/gm, '');
      assert.equal(refuteSchema('network-config', own), null, text);
    }
    const system = await generate([...args, '--for', 'system']);
    assert.match(system.text, /\nnetwork:\n {2}version: [12]\n/);
  });
}

test('any guest: by driver, in version 2', { skip: skipSchema }, async () => {
  const { status, text } = await generate(['--generic'], {});
  assert.equal(status, 0);
  assert.match(text, /match: \{driver: net_failover\}/);
  assert.equal(refuteSchema('network-config', text), null);
});

test('the schema refuses what is wrong', { skip: skipSchema }, () => {
  assert.notEqual(refuteSchema('network-config', 'version: 1\nconfig:\n  - {type: physical}\n'), null);
  assert.notEqual(refuteSchema('cloud-config', '#cloud-config\nbootcmd: 3\n'), null);
});

test('a guest that is not here: the name is said', async () => {
  const { status, text } = await generate(['--name', 'ens3', '--config-version', '1'], {});
  assert.equal(status, 0);
  assert.match(text, /type: physical\n {4}name: "ens3"\n/);
  assert.match(text, /# From: failoverctl generate cloud-init --name ens3 --config-version 1 --dhcp4\n/);
});

const refused: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [['--generic', '--config-version', '1'], /version 1 has to name the link/],
  [['--generic', '--mtu', '1400'], /name the master/],
  [['--config-version', '1', '--metric', '5'], /version 1 knows no metric for DHCP/],
  [['--config-version', '3'], /expected 1 or 2/],
  [['--for', 'me'], /expected seed or system/],
  [['--name', 'a', '--generic'], /give it without/],
  [['--name', 'a b'], /cannot hold this one/],
];
for (const [args, message] of refused) {
  test(`${args.join(' ')} is refused`, async () => {
    const { status, stderr } = await generate(args);
    assert.ok(status === 2 || status === 3, String(status));
    assert.match(stderr, message);
  });
}
