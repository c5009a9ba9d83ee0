import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, guest, heal } from './healing-guest.ts';

test('profiles and leases that NetworkManager made for slaves go, never by deleting a connection; no other does', () => {
  const made = (name: string, link: string, more = '\n[.nmmeta]\nnm-generated=true\n') => ({
    [`/run/NetworkManager/system-connections/${name}.nmconnection`]: `[connection]\nid=${name}\ninterface-name=${link}\n${more}`,
  });
  const system = guest(
    { ens10: address('ens10', '10.66.0.50/24') },
    { ens10: 'default via 10.66.0.1 proto dhcp src 10.66.0.50 metric 100\n' },
    {
      ...made('Wired connection 1', 'ens10'),
      ...made('Kabelgebundene Verbindung 2', 'ens10nsby'),
      ...made('mine', 'ens11', ''),
      '/var/lib/NetworkManager/internal-0e361c46-ac11-3cea-bc5f-159770563d26-ens11.lease': '',
      '/var/lib/NetworkManager/internal-0a910485-ed47-3ece-81b0-d76a17be0739-ens10.lease': '',
      '/var/lib/NetworkManager/timestamps': '',
    },
  );
  assert.deepEqual(heal(system, 'networkmanager').steps, [
    "rm '/run/NetworkManager/system-connections/Kabelgebundene Verbindung 2.nmconnection'",
    'nmcli connection reload',
    'rm /var/lib/NetworkManager/internal-0e361c46-ac11-3cea-bc5f-159770563d26-ens11.lease',
  ]);
});

test('a slave that NetworkManager was told to manage for good is forgotten, and left alone now; an ordinary NIC is not', () => {
  const order = (link: string, managed: 0 | 1) =>
    `[.intern.device-manage-${link}]\nmatch-device=interface-name:=${link}\nmanaged=${managed}\n`;
  const noted = order('ens11', 1) + order('ens10nsby', 0) + order('eth7', 1) + order('ens10', 1);
  const files = { '/var/lib/NetworkManager/NetworkManager-intern.conf': noted };
  const [ip, routes] = [
    { ens10: address('ens10', '10.66.0.50/24') },
    { ens10: 'default via 10.66.0.1 proto dhcp src 10.66.0.50 metric 100\n' },
  ];
  const running = guest(ip, routes, { ...files, '/run/NetworkManager/conf.d/x.conf': '' });
  assert.deepEqual(heal(running, 'networkmanager').steps, [
    'nmcli device set ens11 managed --permanent-only reset',
    'nmcli device set ens11 managed no',
    'ip link set dev ens11 up',
  ]);
  assert.deepEqual(heal(guest(ip, routes, files), 'networkmanager').steps, [], 'it does not run');
});
