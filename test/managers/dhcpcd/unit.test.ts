import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findInstances } from '../../../src/managers/dhcpcd/unit.ts';
import { configFile } from '../config-file.ts';

const unit = (exec: string) => configFile('/usr/lib/systemd/system/dhcpcd.service', `[Service]\nExecStart=${exec}\n`);
const linksOf = (instances: ReturnType<typeof findInstances>) =>
  instances?.map(({ links }) => links.map(({ name }) => name));

test('links and options of a command line', () => {
  const [one] =
    findInstances([
      unit('/usr/sbin/dhcpcd -qb -Z eth* --allowinterfaces=en* --static ip_address=192.0.2.1/24 ens10'),
    ]) ?? [];
  assert.deepEqual(linksOf(one === undefined ? null : [one]), [['ens10']]);
  assert.deepEqual(
    one?.options.map(({ option, value }) => [option, value]),
    [
      ['denyinterfaces', 'eth*'],
      ['allowinterfaces', 'en*'],
      ['static', 'ip_address=192.0.2.1/24'],
    ],
  );
});

test('no unit, no answer', () => {
  assert.equal(findInstances([]), null);
  assert.deepEqual(linksOf(findInstances([unit('/usr/sbin/dhcpcd -q -b')])), [[]]);
});

test('the last command of the drop-ins counts, and an empty one takes away those before', () => {
  const dropIn = configFile(
    '/etc/systemd/system/dhcpcd.service.d/a.conf',
    '[Service]\nExecStart=\nExecStart=/usr/sbin/dhcpcd ens10\n',
  );
  assert.deepEqual(linksOf(findInstances([unit('/usr/sbin/dhcpcd -q'), dropIn])), [['ens10']]);
  const none = configFile('/etc/systemd/system/dhcpcd.service.d/a.conf', '[Service]\nExecStart=\n');
  assert.equal(findInstances([unit('/usr/sbin/dhcpcd -q'), none]), null);
});

test('services for single links are there without the one for all', () => {
  const wants = '/etc/systemd/system/multi-user.target.wants';
  const template = configFile(
    '/usr/lib/systemd/system/dhcpcd@.service',
    '[Service]\nExecStart=/usr/sbin/dhcpcd -q -w %I\n',
  );
  const single = configFile(`${wants}/dhcpcd@br\\x2dlan.service`, '');
  assert.deepEqual(linksOf(findInstances([unit('/usr/sbin/dhcpcd'), template, single])), [['br-lan']]);
  const both = configFile(`${wants}/dhcpcd.service`, '');
  assert.deepEqual(linksOf(findInstances([unit('/usr/sbin/dhcpcd'), template, single, both])), [['br-lan'], []]);
});
