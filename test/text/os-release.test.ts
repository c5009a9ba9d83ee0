import assert from 'node:assert/strict';
import { test } from 'node:test';
import { osReleaseField, osReleaseNames, readOsRelease } from '../../src/text/os-release.ts';

const rocky = 'NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID=\'9.4\'\n';

test('a field is taken without its quotes, of whichever kind', () => {
  assert.equal(osReleaseField(rocky, 'NAME'), 'Rocky Linux');
  assert.equal(osReleaseField(rocky, 'VERSION_ID'), '9.4');
  assert.equal(osReleaseField('ID=debian  \n', 'ID'), 'debian');
  assert.equal(osReleaseField(rocky, 'BUILD_ID'), undefined);
  assert.equal(osReleaseField('#ID=debian\nMYID=x\n', 'ID'), undefined);
});

test('names are ID and those that it is like; without either there are none', () => {
  assert.deepEqual(osReleaseNames(rocky), ['rocky', 'rhel', 'centos', 'fedora']);
  assert.deepEqual(osReleaseNames('ID=\nPRETTY_NAME="Debian"\n'), []);
});

test('the first file that is there counts, whatever is in it', () => {
  const files: Readonly<Record<string, string>> = { '/usr/lib/os-release': rocky };
  const read = (own: Readonly<Record<string, string>>) => readOsRelease((path) => own[path] ?? null);
  assert.equal(read(files), rocky);
  assert.equal(read({ ...files, '/etc/os-release': '' }), '');
  assert.equal(read({}), '');
});
