/**
 * What NetworkManager puts right before it judges, each case a profile on which we and nmcli once disagreed, or its next of
 * kin: against `nmcli --offline` of every release that is there, and with what 1.52 makes of it written down.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tripleMac as mac } from '../guest.ts';
import { findNmcli, readKeyfile } from './oracle.ts';
import { isRefused, understand } from './understand.ts';

const header = '[connection]\nid=x\nuuid=2d0bd9ef-7a8a-4c0b-8f4b-0a0000000000\ntype=ethernet\n';
const port = `${header}master=br0\nslave-type=bridge\n`;

/** With whether 1.52 takes it. */
const cases: Readonly<Record<string, readonly [taken: boolean, text: string]>> = {
  'a second uuid, and numbers at the edge of what is taken': [
    true,
    `${header}uuid=2d0bd9ef-7a8a-4c0b-8f4b-0a0000000001\ndns-over-tls=0\nmdns=-1\n[ipv6]\nmethod=auto\ndhcp-iaid=4294967295\n`,
  ],
  'a blank before the name of the link': [true, `${header}interface-name= ens11\n`],
  'dhcp-send-hostname beats a faulty dhcp-send-hostname-v2': [
    true,
    `${header}[ipv6]\nmethod=auto\ndhcp-send-hostname=true\ndhcp-send-hostname-v2=7\n`,
  ],
  'a dhcp-send-hostname that is neither number nor truth value beats nothing': [
    false,
    `${header}[ipv4]\nmethod=auto\ndhcp-send-hostname=junk\ndhcp-send-hostname-v2=7\n`,
  ],
  'dhcp-send-hostname in hexadecimal is no number': [true, `${header}[ipv4]\nmethod=auto\ndhcp-send-hostname=0x10\n`],
  'dhcp-send-hostname with a leading zero is decimal': [false, `${header}[ipv4]\nmethod=auto\ndhcp-send-hostname=08\n`],
  'dhcp-send-hostname-deprecated is the old property': [
    true,
    `${header}[ipv4]\nmethod=auto\ndhcp-send-hostname-deprecated=false\n`,
  ],
  'a port with an unknown method, where host names are of two minds': [
    true,
    `${port}[ipv6]\nmethod=\ndhcp-send-hostname=0\n`,
  ],
  'a port with an unknown method alone': [false, `${port}[ipv6]\nmethod=\ndhcp-send-hostname=1\n`],
  'a port without a method at all': [false, `${port}[ipv6]\ndhcp-send-hostname-v2=0\n`],
  "a port with a faulty value of the family's own, where host names are of two minds": [
    true,
    `${port}[ipv6]\nmethod=auto\ndhcp-duid=junk\naddr-gen-mode=7\ndhcp-send-hostname=0\n`,
  ],
  'a port with a faulty value that both families have': [
    false,
    `${port}[ipv4]\nmethod=auto\ndhcp-iaid=junk\ndhcp-send-hostname=0\n`,
  ],
  'a port with a dhcp-send-hostname out of bounds': [true, `${port}[ipv4]\nmethod=auto\ndhcp-send-hostname=7\n`],
  'a port with a gateway beside never-default': [
    true,
    `${port}[ipv4]\nmethod=junk\naddress1=10.0.0.1/24\ngateway=10.0.0.254\nnever-default=true\n`,
  ],
  'a port with a gateway behind its address beside never-default': [
    true,
    `${port}[ipv4]\nmethod=junk\naddress1=10.0.0.1/24,10.0.0.254\nnever-default=true\n`,
  ],
  'a port with never-default and no gateway': [
    false,
    `${port}[ipv4]\nmethod=junk\naddress1=10.0.0.1/24\nnever-default=true\n`,
  ],
  'no port, with a gateway beside never-default': [
    false,
    `${header}[ipv4]\nmethod=junk\naddress1=10.0.0.1/24\ngateway=10.0.0.254\nnever-default=true\n`,
  ],
  'a port by its group alone, with an unknown method where host names are of two minds': [
    true,
    `${header}master=br0\n[bridge-port]\n[ipv4]\nmethod=junk\ndhcp-send-hostname=0\n`,
  ],
  'the port of an OVS port has no addresses': [true, `${header}master=br0\nslave-type=ovs-port\n[ipv4]\nmethod=auto\n`],
  'an empty list under the new name takes away what the old one says': [
    true,
    `${header}[ethernet]\nmac-address-blacklist=${mac}\nmac-address-denylist=\n`,
  ],
  'a faulty list under the old name is replaced': [
    true,
    `${header}[ethernet]\nmac-address-blacklist=junk\nmac-address-denylist=${mac}\n`,
  ],
  'a faulty list under the new name replaces a good one': [
    false,
    `${header}[ethernet]\nmac-address-blacklist=${mac}\nmac-address-denylist=junk\n`,
  ],
};

for (const [title, [taken, text]] of Object.entries(cases))
  test(`1.52 ${taken ? 'takes' : 'refuses'}: ${title}`, () => assert.equal(isRefused(text, '1.52.1'), !taken));

for (const root of [null, 'trixie-network', 'sid-network']) {
  const nmcli = findNmcli(root);
  test(`nmcli of ${root ?? 'this machine'} makes of these profiles what we do`, (t) => {
    if (typeof nmcli === 'string') {
      if (process.env['CI'] === 'true' && root !== 'sid-network') assert.fail(nmcli);
      t.skip(nmcli);
      return;
    }
    for (const [title, [, text]] of Object.entries(cases)) {
      const again = readKeyfile(nmcli, text);
      const theirs: unknown = again === null ? null : understand(again, nmcli.version);
      assert.deepEqual(understand(text, nmcli.version), theirs, title);
    }
  });
}
