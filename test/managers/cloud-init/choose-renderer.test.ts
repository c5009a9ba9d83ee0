import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseRenderer } from '../../../src/managers/cloud-init/choose-renderer.ts';
import { selectConfig } from '../../../src/managers/cloud-init/sources.ts';
import { unknownHost, type HostFacts } from '../../../src/topology/guest.ts';
import { configFile } from '../config-file.ts';

const choose = (host: Partial<HostFacts>, config = '') =>
  chooseRenderer(selectConfig([configFile('/etc/cloud/cloud.cfg', config)], undefined), { ...unknownHost, ...host });

const rhel = { distribution: { id: 'rhel', family: 'rhel' } };
const fedora = { distribution: { id: 'fedora', family: 'rhel' } };
const suse = { distribution: { id: 'sles', family: 'suse' } };
const tools = { networkManagerVersion: '1.40', systemdVersion: 250 };

test('of a machine of which nothing is known: the first of its distribution', () => {
  assert.equal(choose(rhel), 'sysconfig');
  assert.equal(choose(suse), 'eni');
  assert.equal(choose(fedora), 'netplan');
  assert.equal(choose({}), 'netplan');
  assert.equal(choose({ distribution: { id: 'debian', family: 'debian' } }), 'netplan');
});

test('the first whose tools are there', () => {
  assert.equal(choose({ ...rhel, ...tools, hasSysconfig: true }), 'sysconfig');
  assert.equal(choose({ ...rhel, ...tools, hasSysconfig: false }), 'network-manager');
  assert.equal(choose({ ...fedora, ...tools, hasSysconfig: true }), 'network-manager');
  assert.equal(choose({ ...suse, ...tools, hasSysconfig: true }), 'sysconfig-suse');
  assert.equal(choose({ ...suse, ...tools, hasSysconfig: false }), 'network-manager');
});

test('cloud.cfg says the order, and the distribution', () => {
  const order = 'system_info: {network: {renderers: [sysconfig, networkd]}}\n';
  assert.equal(choose({ ...rhel, ...tools, hasSysconfig: true }, order), 'sysconfig');
  assert.equal(choose({ ...rhel, ...tools }, order), 'networkd');
  assert.equal(choose({ hasSysconfig: true }, 'system_info: {distro: opensuse}\n'), 'sysconfig-suse');
  assert.equal(choose({ hasSysconfig: true }, 'system_info: {distro: almalinux}\n'), 'sysconfig');
  // on Debian the renderer is never available, whatever is there
  const debian = { distribution: { id: 'debian', family: 'debian' }, hasSysconfig: true };
  assert.equal(choose(debian, 'system_info: {network: {renderers: [sysconfig]}}\n'), null);
});
