import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintConfiguration } from '../../src/lint/lint.ts';
import { viewExample } from '../lint/example.ts';

const path = '/etc/systemd/network/20-wan.network';
const body = '[Match]\nName=en*\n\n[Network]\nLinkLocalAddressing=no\nAddress=192.0.2.5/24\nIPv6AcceptRA=no\n';

async function idsOf(text: string) {
  const view = await viewExample({ files: { [path]: text } });
  return lintConfiguration(view).map(({ rule }) => rule);
}

test('without a comment both mistakes are told', async () => {
  assert.deepEqual(await idsOf(body), ['FO107', 'FO102']);
});

test('a comment at the beginning of the file holds for the file, by id or by name', async () => {
  assert.deepEqual(await idsOf(`# failoverctl: ignore FO107,address-on-slave the lab wants it\n${body}`), []);
});

test('two ids between blanks are both suppressed, and the reason begins after them', async () => {
  assert.deepEqual(await idsOf(`# failoverctl: ignore FO107 FO102 the lab wants it\n${body}`), []);
  assert.deepEqual(await idsOf(`# failoverctl: ignore FO107 FO102\n${body}`), ['FO902', 'FO107', 'FO102']);
});

test('a comment further down holds up to the next blank line', async () => {
  const comment = '# failoverctl: ignore FO107 all three are wanted\n';
  assert.deepEqual(await idsOf(body.replace('Name=', `${comment}Name=`)), ['FO102']);
  assert.deepEqual(await idsOf(body.replace('[Network]', `${comment}[Network]`)), ['FO107', 'FO901', 'FO102']);
});

test('a comment without a reason takes nothing back', async () => {
  assert.deepEqual(await idsOf(`# failoverctl: ignore FO107\n${body}`), ['FO902', 'FO107', 'FO102']);
});

test('a comment that names no rule is told as unused', async () => {
  assert.deepEqual(await idsOf(`# failoverctl: ignore FO999 because\n${body}`), ['FO901', 'FO107', 'FO102']);
});

test('a comment for a rule that is not run is not unused', async () => {
  const view = await viewExample({ files: { [path]: `# failoverctl: ignore FO101 because\n${body}` } });
  assert.deepEqual(
    lintConfiguration(view, { select: ['FO107', 'FO9'], ignore: [] }).map(({ rule }) => rule),
    ['FO107'],
  );
});
