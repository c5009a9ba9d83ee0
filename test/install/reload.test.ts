import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planReload } from '../../src/install/reload.ts';
import { printStep } from '../../src/install/step.ts';

test('a daemon is told of what has changed, in the order in which they ask each other, and of nothing else', () => {
  const uses = (['netplan', 'networkd'] as const).map((manager) => {
    return { manager, present: true, inUse: true, configured: true, evidence: '' };
  });
  const told = (
    changed: readonly string[],
    running = ['systemd-networkd.service', 'NetworkManager.service'],
    remaining: readonly string[] = [],
  ) =>
    planReload({
      changed,
      managers: { uses, strangers: [], cloudInitFor: null, cloudInitToCome: false, failures: [] },
      links: ['ens10'],
      misnamed: [],
      running: (unit) => running.includes(unit),
      remains: (pattern) => remaining.some((path) => pattern.test(path)),
    }).map(printStep);
  assert.deepEqual(told([]), []);
  assert.deepEqual(told(['/etc/network/interfaces.d/failover', '/etc/network/if-pre-up.d/net-failover']), []);
  assert.deepEqual(told(['/etc/systemd/network/05-x.network']), ['networkctl reload']);
  assert.deepEqual(told(['/etc/systemd/network/05-x.network'], []), [], 'it reads its files when it starts');
  assert.deepEqual(told(['/etc/NetworkManager/conf.d/99-x.conf']), ['nmcli general reload conf']);
  assert.deepEqual(told(['/etc/systemd/system/ifup@.service.d/failover.conf', '/etc/systemd/network/05-x.network']), [
    'networkctl reload',
    'systemctl daemon-reload',
  ]);
  assert.deepEqual(told(['/etc/netplan/95-failover.yaml', '/etc/udev/rules.d/92-net-failover.rules']), [
    'netplan generate',
    'udevadm control --reload',
    'udevadm trigger --action=change /sys/class/net/ens10',
    'udevadm settle --timeout=120',
    'networkctl reload',
    'nmcli connection reload',
  ]);
  assert.deepEqual(told(['/etc/systemd/system/dhcpcd.service.d/failover.conf'], ['dhcpcd.service']), [
    'systemctl daemon-reload',
    'systemctl restart dhcpcd.service',
  ]);
  assert.deepEqual(
    told(['/usr/lib/systemd/system/dhcpcd.service.d/failover.conf'], ['dhcpcd.service'])[0],
    'systemctl daemon-reload',
  );
  const follower = '/usr/local/lib/failoverctl/follow-promiscuity';
  const unit = 'net-failover-promiscuity.service';
  assert.deepEqual(told([follower], [], [follower]), [`systemctl restart ${unit}`]);
  assert.deepEqual(told([follower], [unit]), [`systemctl stop ${unit}`], 'what is no longer wanted ends');
  assert.deepEqual(told([follower], []), []);
});
