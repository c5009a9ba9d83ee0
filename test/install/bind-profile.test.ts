import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bindProfile, boundTo } from '../../src/install/bind-profile.ts';

test('what a profile matches by is replaced by the name, and all else stays byte for byte', () => {
  const text =
    '# mine\n[connection]\nid=wan\ntype=ethernet\nautoconnect-priority=5\n\n[802-3-ethernet]\nmac-address=52:54:00:00:12:53\nmtu=1400\n\n' +
    '[match]\ndriver=iavf;\npath=pci-0000:06*;\nkernel-command-line=quiet;\n\n[ipv4]\nmethod=manual\naddress1=192.0.2.5/24\n';
  assert.equal(
    bindProfile(text, 'ens10'),
    '# mine\n[connection]\nid=wan\ntype=ethernet\ninterface-name=ens10\nautoconnect-priority=5\n\n[802-3-ethernet]\nmtu=1400\n\n' +
      '[match]\nkernel-command-line=quiet;\n\n[ipv4]\nmethod=manual\naddress1=192.0.2.5/24\n',
  );
});

test('a name is replaced where it stands; a second time changes nothing', () => {
  const text = '[connection]\ninterface-name=ens11\nid=wan\ntype=ethernet';
  const once = bindProfile(text, 'ens10');
  assert.equal(once, '[connection]\ninterface-name=ens10\nid=wan\ntype=ethernet');
  assert.equal(bindProfile(once, 'ens10'), once);
  assert.equal(
    bindProfile('[connection]\nid=a\ntype=ethernet', 'ens10'),
    '[connection]\nid=a\ntype=ethernet\ninterface-name=ens10\n',
  );
});

test('without a [connection] group it is no profile, and stays', () => {
  assert.equal(bindProfile('[main]\nplugins=keyfile\n', 'ens10'), '[main]\nplugins=keyfile\n');
  assert.equal(bindProfile('', 'ens10'), '');
});

test('the link that a profile names', () => {
  assert.equal(boundTo('[connection]\ninterface-name=ens10\n'), 'ens10');
  assert.equal(boundTo('[connection]\nid=a\n[match]\ninterface-name=ens10;\n'), null);
});
