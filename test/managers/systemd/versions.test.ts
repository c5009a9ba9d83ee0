/**
 * What is generated, put before the oldest systemd that is served, Debian 11's 247, and the newest that Debian has, unstable's:
 * networkd and udev in a chroot and namespaces. test/setup-oracles.mjs makes the trees, as long as Debian's mirrors have them.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { propertyGuardPath, renderNetworkd, renderNetworkdGuard } from '../../../src/managers/networkd/render.ts';
import { configFile } from '../config-file.ts';
import { allConfigs, dhcp, fileAt, stackConfigs } from '../master-configs.ts';
import { askDaemons, bullseye, missingDaemons, sid } from '../namespace.ts';
import { askNetworkd } from '../networkd/daemon.ts';

const versions = [
  {
    root: bullseye,
    title: 'systemd 247',
    expected: (version: number | undefined) => version === 247,
    complaints: [
      // The line before it is the boolean that it does know; a time span it reads since 250.
      'Failed to parse boolean value, ignoring: 30s',
      // Since 249; only with both --ra and --metric.
      "Unknown key name 'RouteMetric' in section 'IPv6AcceptRA', ignoring.",
    ],
    canVerify: false,
  },
  {
    root: sid,
    title: 'the newest systemd',
    expected: (version: number | undefined) => version !== undefined && version > 257,
    complaints: [],
    canVerify: true,
  },
] as const;

const rules = readdirSync('hooks', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.rules'));

for (const { root, title, expected, complaints, canVerify } of versions) {
  const skip = missingDaemons(root) ?? false;

  test(`networkd of ${title} complains of ${complaints.length} of our lines`, { skip }, (t) => {
    const { guest, answers } = askNetworkd(
      [...allConfigs, ...stackConfigs].map((config) =>
        renderNetworkd(config).map(({ path, text }) => configFile(path, text)),
      ),
      root,
    );
    const { systemdVersion } = guest.host;
    assert.ok(expected(systemdVersion), `${systemdVersion}`);
    t.diagnostic(`systemd ${systemdVersion}`);
    assert.match(answers[0]?.log ?? '', /Saved original MTU|New device/, 'it has seen links');
    const said = new Set(answers.flatMap(({ messages }) => messages.map(({ text }) => text)));
    assert.deepEqual([...said].sort(), complaints);
  });

  test(`networkd of ${title} takes the guard by Property= for standby and primary alone`, { skip }, () => {
    // The links of the oracle carry ROLE in udev's database: standby, primary, none, empty, or not at all.
    const guard = fileAt(renderNetworkdGuard({ ...dhcp, masters: null }), propertyGuardPath);
    const text = guard.text.replace('ID_NET_FAILOVER=[', 'ROLE=[');
    assert.notEqual(text, guard.text);
    const other = '[Match]\nName=*\n\n[Network]\nDHCP=no\nNonsense=1\n';
    const files = [configFile(guard.path, text), configFile('/etc/systemd/network/90.network', other)];
    const [answer] = askNetworkd([files], root).answers;
    const guarded = [...(answer?.choices ?? [])].filter(([, file]) => file === guard.path).map(([link]) => link);
    assert.deepEqual(guarded.sort(), ['ens10nsby', 'eth0']);
    assert.match(answer?.messages.map((message) => message.text).join() ?? '', /Nonsense/, 'its complaints are seen');
  });

  test(`udev of ${title} takes every rule`, { skip }, () => {
    assert.ok(rules.length >= 3, `hooks has ${rules.join(', ')}`);
    const shipped = rules.map((name) =>
      configFile(`/etc/udev/rules.d/${name.split('/').at(-1)}`, readFileSync(join('hooks', name), 'utf8')),
    );
    const wrong = configFile('/etc/udev/rules.d/99-wrong.rules', 'ATTR{mtu}=="1", NONSENSE="1"\n');
    const { answers } = askDaemons(
      [
        { ask: 'rules', files: shipped },
        { ask: 'rules', files: [wrong] },
      ],
      root,
    );
    const said = answers.map((logs) =>
      [...logs.values()].join('\n').match(/^\S+\.rules:\d+ .*(?:nvalid|ignoring|Unknown).*$/gm),
    );
    assert.deepEqual(said[0], null);
    assert.ok(said[1] !== null, 'a key that it does not know is complained about');
  });

  test(`udevadm verify of ${title} has nothing to say of them`, { skip: skip || !canVerify }, () => {
    const script = `
      mount --make-rprivate /
      mount -t proc proc $1/proc
      mount -t tmpfs tmpfs $1/tmp
      cat >$1/tmp/it.rules
      chroot $1 udevadm verify --no-summary --resolve-names=never /tmp/it.rules
    `;
    const verify = (text: string) =>
      spawnSync('unshare', ['-m', 'sh', '-euc', script, 'sh', root], { input: text, encoding: 'utf8' });
    for (const name of rules) {
      const { status, stdout, stderr } = verify(readFileSync(join('hooks', name), 'utf8'));
      assert.equal(status, 0, `${name}: ${stdout}${stderr}`);
    }
    assert.notEqual(verify('ATTR{mtu}=="1", NONSENSE="1"\n').status, 0);
  });
}
