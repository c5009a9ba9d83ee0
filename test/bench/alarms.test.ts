/** The alarm rate that the benchmark prints is a promise: nothing of it may come back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAlarms, findSingleNics } from './alarms.ts';

const nics = findSingleNics();

test(
  'real files that configure one NIC by its name raise no alarm on a guest whose master has that name',
  { skip: nics === null ? 'skipped: no corpora here' : false },
  async (context) => {
    const all = nics ?? [];
    assert.ok(all.length > 100, `${all.length} files`);
    context.diagnostic(`${all.length} files, each with and without udev's database`);
    assert.deepEqual(await findAlarms(all), []);
  },
);
