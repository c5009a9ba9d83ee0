import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findBoundLinks } from '../../src/lint/packet-filter.ts';
import { clearSecrets } from '../../src/secrets/clear.ts';

const ruleset = `#!/usr/sbin/nft -f
# the token is hunter2
define wan = { enp2s0, enp3s0 }
define admins = { 203.0.113.7 }
define door = 4711
table netdev filter {
  chain in {
    type filter hook ingress devices = $wan priority 0; policy drop;
    ip saddr { 203.0.113.9 } tcp dport 4712 accept comment "the back door"
    iif enp2s0 drop comment "ask 203.0.113.8" # or 203.0.113.10
  }
}
`;

test('what binds a link is kept, and nothing else of a ruleset', () => {
  const cleared = clearSecrets('/etc/nftables.conf', ruleset).text;
  assert.deepEqual(findBoundLinks(cleared), findBoundLinks(ruleset), 'lint finds the same at the same places');
  for (const word of ['hunter2', '203.0.113', '4711', '4712', 'back door']) assert.ok(!cleared.includes(word), word);
});
