import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasAddress, readLinkState } from '../../src/inventory/link-state.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { isFailure } from '../../src/system/system.ts';

const answers: Readonly<Record<string, string>> = {
  address:
    '2: ens11    inet 10.66.0.99/24 metric 1024 brd 10.66.0.255 scope global dynamic ens11\\       valid_lft 3590sec preferred_lft 3590sec\n' +
    '2: ens11    inet6 fe80::1/64 scope link dadfailed tentative \\       valid_lft forever preferred_lft forever\n' +
    'garbage\n',
  '-4': 'default via 10.66.0.1 proto dhcp src 10.66.0.99 metric 1024 \n10.66.0.0/24 proto kernel scope link src 10.66.0.99\n',
  '-6': 'fd00::/64 dev ens11 metric 256\n',
};
const asked = (status: number, given: Readonly<Record<string, string>> = answers) =>
  readLinkState(
    memorySystem(
      {},
      {
        run: (argv) => {
          const stdout = Object.entries(given).find(([word]) => argv.includes(word))?.[1] ?? '';
          return { status, signal: null, stdout, stderr: status === 0 ? '' : 'Device does not exist\n' };
        },
      },
    ),
    'ens11',
  );

test('addresses with scope, flags and lifetime; routes without the kernel’s own', () => {
  const state = asked(0);
  assert.ok(!isFailure(state));
  const [leased, failed] = state.addresses;
  assert.equal(state.addresses.length, 2, 'a line that is none is passed over');
  assert.deepEqual(leased?.lifetime, ['valid_lft', '3590', 'preferred_lft', '3590']);
  assert.deepEqual(failed?.lifetime, []);
  assert.deepEqual(failed?.flags, ['dadfailed', 'tentative']);
  assert.deepEqual(state.routes, [
    { family: 'inet', to: 'default', via: '10.66.0.1' },
    { family: 'inet6', to: 'fd00::/64', via: null },
  ]);
});

test('only an address beyond the link counts', () => {
  const state = asked(0);
  assert.ok(!isFailure(state));
  assert.equal(hasAddress(state, 'inet'), true);
  assert.equal(hasAddress(state, 'inet6'), false);
});

test('an ip that fails, or is not there', () => {
  assert.deepEqual(asked(1), {
    errno: 'EIO',
    path: 'ip -o address show dev ens11: Device does not exist',
  });
  const none = readLinkState(memorySystem({}), 'ens11');
  assert.ok(isFailure(none) && none.errno === 'ENOENT');
});
