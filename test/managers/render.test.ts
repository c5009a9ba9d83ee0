/** What is generated, seen with the judges' eyes: whom would each manager configure, beside a catch-all that an image ships? */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeNetworkd } from '../../src/managers/networkd/networkd.ts';
import { renderNetworkd } from '../../src/managers/networkd/render.ts';
import { renderUdev } from '../../src/managers/udev/render.ts';
import { applyUdevRules } from '../../src/managers/udev/predict.ts';
import { judgeUdev } from '../../src/managers/udev/udev.ts';
import type { ConfigFile } from '../../src/managers/claim.ts';
import type { MasterConfig } from '../../src/managers/master-config.ts';
import type { LinkFacts } from '../../src/topology/guest.ts';
import { configFile } from './config-file.ts';
import { assumedGuest, master, primary, standby } from './guest.ts';
import { dhcp } from './master-configs.ts';

const catchAll = configFile('/etc/systemd/network/50-all.network', '[Match]\nName=en* eth*\n\n[Network]\nDHCP=yes\n');
const unenslaved: LinkFacts = { ...primary, role: 'pending', master: null };
const plain: LinkFacts = {
  ...standby,
  role: 'none',
  group: null,
  name: 'ens20',
  mac: '52:54:00:aa:00:01',
  permanentMac: '52:54:00:aa:00:01',
  master: null,
};

const filesFor = (config: MasterConfig): readonly ConfigFile[] =>
  [...renderUdev(config), ...renderNetworkd(config)].map(({ path, text }) => configFile(path, text));

/** Link to the file that networkd takes for it. */
function choices(config: MasterConfig, links: readonly LinkFacts[], systemdVersion: number): Record<string, string> {
  const files = [...filesFor(config), catchAll];
  const guest = applyUdevRules(files, assumedGuest(systemdVersion, links));
  const { decisions, problems } = judgeNetworkd(files, guest);
  assert.deepEqual(
    problems.filter(({ message }) => systemdVersion >= 250 || !message.includes('30s')).map(({ message }) => message),
    [],
  );
  return Object.fromEntries(
    decisions.map(({ link, winners }) => [
      link.name,
      winners.map(({ place, verdict }) => `${place.source.path.split('/').at(-1)} ${verdict}`).join(', '),
    ]),
  );
}

for (const version of [247, 252, 257]) {
  test(`systemd ${version}: this guest's slaves are guarded in every phase, and a plain NIC is left to the image`, () => {
    const chosen = choices(dhcp, [master, standby, unenslaved, plain], version);
    assert.equal(chosen['ens10'], '06-failover-master.network yes');
    // Since 255 ID_NET_MANAGED_BY is enough, and no file is looked for.
    assert.match(chosen['ens11'] ?? 'missing', version < 255 ? /^05-failover-slaves-by-mac\.network yes$/ : /^$/);
    assert.match(chosen['ens20'] ?? '', /^50-all\.network yes$/);
    assert.doesNotMatch(chosen['ens10nsby'] ?? '', /50-all|master/);
    const early = choices(dhcp, [unenslaved], version);
    assert.equal(early['ens11'], '05-failover-slaves-by-mac.network yes');
  });

  test(`systemd ${version}: in any guest the slaves are guarded by what udev says of them`, () => {
    const chosen = choices({ ...dhcp, masters: null }, [master, standby, primary, plain], version);
    assert.equal(chosen['ens10'], '06-failover-master.network yes');
    for (const slave of ['ens10nsby', 'ens11']) assert.doesNotMatch(chosen[slave] ?? '', /50-all|master/, slave);
    assert.match(chosen['ens20'] ?? '', /^50-all\.network yes$/);
  });
}

test('the judge of udev finds nothing wrong with the rules, and the roles that they give', () => {
  const files = filesFor({ ...dhcp, masters: null });
  assert.deepEqual(
    judgeUdev(files, assumedGuest(252)).problems.map(({ message }) => message),
    [],
  );
  const [phase] = applyUdevRules(files, assumedGuest(252)).phases;
  assert.deepEqual(
    phase?.links.map(({ name, properties }) => [
      name,
      properties?.get('ID_NET_FAILOVER'),
      properties?.get('NM_UNMANAGED'),
    ]),
    [
      ['ens10', 'master', undefined],
      ['ens10nsby', 'standby', '1'],
      ['ens11', 'primary', '1'],
    ],
  );
});
