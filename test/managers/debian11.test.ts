/**
 * What is generated, put before systemd 247, the oldest that is served: networkd and udev of a Debian 11, in a
 * chroot and namespaces. test/setup-oracles.mjs makes the tree as long as Debian's mirrors have the release.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { propertyGuardPath, renderNetworkd, renderNetworkdGuard } from '../../src/managers/networkd/render.ts';
import { configFile } from './config-file.ts';
import { allConfigs, dhcp, fileAt } from './master-configs.ts';
import { askDaemons, bullseye, missingDaemons } from './namespace.ts';
import { askNetworkd } from './networkd/daemon.ts';

const skip = missingDaemons(bullseye) ?? false;

test(
  'networkd 247 knows every value but one, and every key but a metric for routes from router advertisements',
  { skip },
  () => {
    const { guest, answers } = askNetworkd(
      allConfigs.map((config) => renderNetworkd(config).map(({ path, text }) => configFile(path, text))),
      bullseye,
    );
    assert.equal(guest.host.systemdVersion, 247);
    const said = new Set(answers.flatMap(({ messages }) => messages.map(({ text }) => text)));
    assert.deepEqual([...said].sort(), [
      // The line before it is the boolean that it does know; a time span it reads since 250.
      'Failed to parse boolean value, ignoring: 30s',
      // Since 249; only with both --ra and --metric.
      "Unknown key name 'RouteMetric' in section 'IPv6AcceptRA', ignoring.",
    ]);
  },
);

test('networkd 247 takes the guard by Property= for standby and primary alone', { skip }, () => {
  // The links of the oracle carry ROLE in udev's database: standby, primary, none, empty, or not at all.
  const guard = fileAt(renderNetworkdGuard({ ...dhcp, masters: null }), propertyGuardPath);
  const text = guard.text.replace('ID_NET_FAILOVER=[', 'ROLE=[');
  assert.notEqual(text, guard.text);
  const other = '[Match]\nName=*\n\n[Network]\nDHCP=no\n';
  const files = [configFile(guard.path, text), configFile('/etc/systemd/network/90.network', other)];
  const [answer] = askNetworkd([files], bullseye).answers;
  const guarded = [...(answer?.choices ?? [])].filter(([, file]) => file === guard.path).map(([link]) => link);
  assert.deepEqual(guarded.sort(), ['ens10nsby', 'eth0']);
});

const rules = readdirSync('hooks', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.rules'));

test('udev 247 takes every rule', { skip }, () => {
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
    bullseye,
  );
  const complaints = answers.map((logs) =>
    [...logs.values()].join('\n').match(/^\S+\.rules:\d+ .*(?:nvalid|ignoring|Unknown).*$/gm),
  );
  assert.deepEqual(complaints[0], null);
  assert.ok(complaints[1] !== null, 'a key that it does not know is complained about');
});
