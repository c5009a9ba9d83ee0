import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeDhcpcd } from '../../../src/managers/dhcpcd/manager.ts';
import { renderDhcpcdGuard } from '../../../src/managers/dhcpcd/render.ts';
import { renderUdev } from '../../../src/managers/udev/render.ts';
import { applyUdevRules } from '../../../src/managers/udev/predict.ts';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import { configFile } from '../config-file.ts';
import { assumedGuest, master, primary, standby } from '../guest.ts';

const config = (text: string) => configFile('/etc/dhcpcd.conf', text);
const unit = (exec: string) => configFile('/usr/lib/systemd/system/dhcpcd.service', `[Service]\nExecStart=${exec}\n`);

/** Link to the effects that may be, each claim with its verdict. */
function effects(files: readonly ConfigFile[], guest = assumedGuest(252)): Record<string, readonly string[]> {
  const { decisions } = judgeDhcpcd(files, guest);
  return Object.fromEntries(
    decisions.map(({ link, winners }) => [
      link.name,
      winners.flatMap(({ verdict, effects: list }) =>
        list.map(({ kind, detail }) => [verdict, kind, ...(detail === undefined ? [] : [detail])].join(' ')),
      ),
    ]),
  );
}
const all = ['yes up', 'yes dhcp4', 'yes client-id mac', 'yes link-local6', 'yes ra', 'yes dhcp6'];
const away = ['yes unmanaged'];

test('without a line it asks on every link', () => {
  assert.deepEqual(effects([]), { ens10: all, ens10nsby: all, ens11: all });
  assert.deepEqual(effects([config('hostname\n')])['ens11'], all);
});

test('lists except links: both must let it pass, and a list in a block is none', () => {
  assert.deepEqual(effects([config('denyinterfaces *nsby, ens11\n')]), { ens10: all, ens10nsby: away, ens11: away });
  assert.deepEqual(effects([config('allowinterfaces ens10\n')]), { ens10: all, ens10nsby: away, ens11: away });
  assert.deepEqual(effects([config('allowinterfaces ens1?\ndenyinterfaces ens10\n')]), {
    ens10: away,
    ens10nsby: away,
    ens11: all,
  });
  assert.deepEqual(effects([config('interface ens10\ndenyinterfaces ens11\n')])['ens11'], all);
});

test('the command line names links and patterns', () => {
  assert.deepEqual(effects([unit('/usr/sbin/dhcpcd -q ens10')]), { ens10: all, ens10nsby: away, ens11: away });
  assert.deepEqual(effects([unit('/usr/sbin/dhcpcd -q -Z ens11')])['ens11'], away);
});

test('a block changes what is done to its link', () => {
  assert.deepEqual(effects([config('duid\ninterface ens11\nnoipv4\nnoipv6\n')])['ens11'], away);
  const ens10 = effects([config('duid\nnoipv6rs\nnodhcp6\ninterface ens10\nstatic ip_address=192.0.2.5/24\n')])[
    'ens10'
  ];
  assert.deepEqual(ens10, ['yes up', 'yes address 192.0.2.5/24', 'yes link-local6']);
  assert.deepEqual(effects([config('nodhcp\nnoipv4ll\nipv4only\n')])['ens10'], away);
  const linkLocal = effects([config('nodhcp\nipv4only\n')])['ens10'];
  assert.deepEqual(linkLocal, ['yes up', 'yes address 169.254.0.0/16'], 'nodhcp alone leaves IPv4LL');
  assert.deepEqual(effects([config('duid\nipv4only\n')])['ens10'], ['yes up', 'yes dhcp4', 'yes client-id duid']);
});

test("'interface' is a pattern for some versions, so it may match", () => {
  assert.match(effects([config('interface ens*\nnoipv6\n')])['ens10']?.[0] ?? '', /^maybe/);
});

test('the guard keeps it off what udev calls a slave, and off nothing else', () => {
  const written = [...renderUdev({ command: 'x' }), ...renderDhcpcdGuard({ command: 'x' })];
  const files = written.map(({ path, text }) => configFile(path, text));
  const plain = {
    ...primary,
    role: 'none' as const,
    group: null,
    name: 'ens20',
    mac: '52:54:00:aa:00:01',
    permanentMac: '52:54:00:aa:00:01',
    master: null,
  };
  const guest = applyUdevRules(files, assumedGuest(252, [master, standby, primary, plain]));
  const own = files.filter(({ path }) => path.includes('/dhcpcd.service.d/'));
  assert.deepEqual(effects([unit('/usr/sbin/dhcpcd -q -b'), ...own], guest), {
    ens10: all,
    ens10nsby: away,
    ens11: away,
    ens20: all,
  });
  assert.deepEqual(effects(own, assumedGuest(252))['ens11'], all, 'without the rules nothing is a slave');
});

test("the masters' options are read where the guard adds them", () => {
  const masters = configFile('/etc/dhcpcd-failover.conf', 'interface ens10\nnodhcp\n');
  const { unread } = judgeDhcpcd([config('duid\n'), masters], assumedGuest(252));
  assert.deepEqual(
    unread.map(({ file }) => file.path),
    ['/etc/dhcpcd-failover.conf'],
  );
});
