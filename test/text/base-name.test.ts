import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseName } from '../../src/text/base-name.ts';

test('what stands behind the last slash', () => {
  assert.equal(baseName('/etc/network/interfaces'), 'interfaces');
  assert.equal(baseName('interfaces'), 'interfaces');
  assert.equal(baseName('/etc/'), '');
});
