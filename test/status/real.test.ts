import { type Status } from '../../src/status/model.ts';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { readNetwork } from '../../src/inventory/network.ts';
import { readStatus } from '../../src/status/status.ts';
import { watchStatus, type StatusEvent } from '../../src/status/watch.ts';
import { encodeText } from '../../src/system/bytes.ts';
import { isFailure, type System } from '../../src/system/system.ts';
import { missingNamespaces, openNamespace } from './namespace.ts';

const skip = missingNamespaces() ?? false;
if (skip !== false && process.env['CI'] === 'true') throw new Error(skip);
const networkd = '/usr/lib/systemd/systemd-networkd';
const skipDaemons = skip !== false ? skip : existsSync(networkd) ? false : `${networkd} is missing`;

function statusOf(system: System): Status {
  const status = readStatus(system);
  if (isFailure(status)) throw new Error(`${status.path}: ${status.errno}`);
  return status;
}

const idsOf = ({ problems }: Status) => [...new Set(problems.map(({ id }) => id))];

/** Waits for what another program will do. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 100) {
    if (isSo()) return;
    await wait(100);
  }
  throw new Error(`waited a minute for: ${what}`);
}

test("ip(8)'s own answers: addresses, lifetimes, routes of all kinds", { skip }, async () => {
  const { system, sh, close } = await openNamespace(['ens10', 'ens10nsby', 'ens11']);
  try {
    sh('sysctl -q -w net.ipv6.conf.all.disable_ipv6=1');
    assert.deepEqual(idsOf(statusOf(system)), ['master-without-address']);
    sh('ip address add 10.66.0.50/24 dev ens10 valid_lft 595 preferred_lft 595');
    sh('ip route add default via 10.66.0.1 dev ens10 metric 1024 proto dhcp');
    const well = statusOf(system);
    assert.deepEqual(well.problems, []);
    assert.equal(well.healthy, true);
    const [master] = well.groups[0]?.links ?? [];
    const lasts = master?.leases[0]?.validFor ?? 0;
    assert.ok(lasts > 0 && lasts <= 595, String(lasts));
    assert.deepEqual(
      master?.routes.filter(({ to }) => to === 'default'),
      [{ family: 'inet', to: 'default', via: '10.66.0.1', metric: 1024, table: 'main', protocol: 'dhcp' }],
    );
    sh('ip address add 10.66.0.99/24 dev ens11 valid_lft 595 preferred_lft 595');
    sh('ip route add default via 10.66.0.1 dev ens11 metric 1025');
    sh('ip route add 192.0.2.0/24 table 77 nexthop dev ens10 nexthop dev ens11');
    const ill = statusOf(system);
    assert.deepEqual(idsOf(ill), ['address-on-slave', 'duplicate-lease', 'route-on-slave', 'duplicate-default-route']);
    assert.ok(ill.groups[0]?.links[2]?.routes.some(({ table, to }) => table === '77' && to === '192.0.2.0/24'));
  } finally {
    await close();
  }
});

for (const name of ['a"b\\c[x$', 'dynamic', 'x\udcff\u0001y', '-j']) {
  test(`a VF named ${JSON.stringify(name)}`, { skip }, async () => {
    const { system, sh, close } = await openNamespace(['ens10', 'ens10nsby', 'ens11']);
    try {
      sh('sysctl -q -w net.ipv6.conf.all.disable_ipv6=1');
      // a shell makes the name: Node can pass only UTF-8
      const octal = [...encodeText(name)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
      sh(`
        name=$(printf '${octal}')
        ip link set dev peer0 down
        ip link set dev peer0 name "$name"
        ip address add 10.1.1.1/24 dev "$name"
      `);
      const network = readNetwork(system);
      assert.ok(!isFailure(network), JSON.stringify(network));
      assert.deepEqual(
        network.addresses.get(name)?.map(({ address, dynamic }) => ({ address, dynamic })),
        [{ address: '10.1.1.1/24', dynamic: false }],
      );
    } finally {
      await close();
    }
  });
}

test('networkd, ifup and a DHCP client say what is theirs', { skip: skipDaemons }, async () => {
  const { system, sh, close } = await openNamespace(['ens10', 'ens10nsby', 'ens11']);
  try {
    sh(`
      printf '[Match]\\nName=en*\\n\\n[Network]\\nAddress=10.66.0.50/24\\nLinkLocalAddressing=no\\n' > /run/systemd/network/50-all.network
      printf '[Match]\\nName=ens10nsby\\n\\n[Link]\\nUnmanaged=yes\\n' > /run/systemd/network/05-guard.network
      chmod 644 /run/systemd/network/*
      ${networkd} >/run/networkd.log 2>&1 &
    `);
    const managers = (index: number) => statusOf(system).groups[0]?.links[index]?.managers ?? [];
    await until('networkd to configure the VF', () => managers(2).some(({ state }) => state === 'configured'));
    const by = '/run/systemd/network/50-all.network';
    assert.deepEqual(managers(2), [{ manager: 'networkd', state: 'configured', by, active: true }]);
    await until('networkd to leave the standby', () => managers(1).some(({ state }) => state === 'unmanaged'));
    assert.equal(managers(1)[0]?.active, false);
    const ids = idsOf(statusOf(system));
    assert.ok(ids.includes('address-on-slave') && !ids.includes('slave-managed'), ids.join(' '));

    sh("printf 'iface ens10nsby inet manual\\n' > /run/interfaces; ifup -i /run/interfaces ens10nsby");
    assert.deepEqual(managers(1).slice(1), [{ manager: 'ifupdown', state: 'up', by: 'iface ens10nsby', active: true }]);
    // one that is never answered: nobody is at the other end of the link
    sh('busybox udhcpc -f -i ens11 >/dev/null 2>&1 &');
    await until('the client', () => managers(2).some(({ manager }) => manager === 'dhcp-client'));
    assert.match(managers(2)[1]?.by ?? '', /^udhcpc, process \d+$/);
    const told = statusOf(system).problems.filter(({ id }) => id === 'slave-managed');
    assert.deepEqual(
      told.map(({ link }) => link),
      ['ens10nsby', 'ens11'],
    );
  } finally {
    await close();
  }
});

test('--watch: real events of ip monitor, and nothing that is not told', { skip }, async () => {
  const { system, sh, close } = await openNamespace(['ens10', 'ens10nsby', 'ens11']);
  try {
    sh('sysctl -q -w net.ipv6.conf.all.disable_ipv6=1; ip address add 10.66.0.50/24 dev ens10');
    const events: StatusEvent[] = [];
    let lines = 0;
    const counting: System = {
      ...system,
      // until it is seen that the monitor listens, it is given something to tell
      follow: (argv, onLine, quiet) => system.follow(argv, (line) => ((lines += 1), onLine(line)), quiet),
    };
    const done = watchStatus(counting, statusOf(system), (event) => void events.push(event));
    await until('ip monitor to listen', () => {
      sh('ip link set peer2 mtu 1400; ip link set peer2 mtu 1500');
      return lines > 0;
    });
    assert.deepEqual(events, []); // a link of no group changed
    sh('ip address add 10.66.0.99/24 dev ens11');
    await until('the address', () => events.length >= 2);
    assert.deepEqual(
      events.map(({ event, link, message }) => ({ event, link, message })),
      [
        { event: 'address', link: 'ens11', message: 'ens11: + 10.66.0.99/24' },
        { event: 'problem', link: 'ens11', message: 'ens11 has 10.66.0.99/24; only its master may have addresses' },
      ],
    );
    assert.match(events.map(({ time }) => time).join(' '), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /);
    sh('ip address flush dev ens11');
    await until('the address to go', () => events.length >= 4);
    assert.deepEqual(events.map(({ event }) => event).slice(2), ['address', 'solved']);
    sh('pkill -TERM -x ip'); // in its own PID namespace: the monitor
    const last = await done;
    assert.ok(typeof last !== 'string', String(last));
    assert.equal(last.healthy, true);
  } finally {
    await close();
  }
});

test('the command in the namespace: the tree, and the exit status', { skip }, async () => {
  const { system, stdout, sh, close } = await openNamespace(['ens10', 'ens10nsby', 'ens11']);
  try {
    sh('sysctl -q -w net.ipv6.conf.all.disable_ipv6=1; ip address add 10.66.0.50/24 dev ens10');
    assert.equal(await main(['status'], system), 0);
    assert.equal(
      stdout(),
      `ens10  master, net_failover, 52:54:00:00:12:53, up, carrier
├─ datapath primary: ens11 has carrier: the VF goes first
├─ address 10.66.0.50/24
├─ ens10nsby  standby, up, carrier
└─ ens11  primary, up, carrier

healthy
`,
    );
    sh('ip address add 10.66.0.99/24 dev ens11');
    assert.equal(await main(['status', '--json'], system), 1);
  } finally {
    await close();
  }
});
