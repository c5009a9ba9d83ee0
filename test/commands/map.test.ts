import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

async function map(args: readonly string[], files: Readonly<Record<string, MemoryEntry>>) {
  const system = memorySystem(files);
  const status = await main(['map', ...args], system);
  return { status, stdout: system.stdout, stderr: system.stderr };
}

const bad = { '/a/20-all.network': '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n' };

test('text, SVG and HTML of the same guest', async () => {
  const text = await map(['/a'], bad);
  assert.equal(text.status, 0);
  assert.match(text.stdout, /^├─ enp1s0nsby {2}standby +a! /m);
  assert.match(text.stderr, /^failoverctl map: judged: networkd \(1 file\)/);
  assert.match((await map(['--format', 'svg', '/a'], bad)).stdout, /^<svg .*\n.*<title>/);
  assert.match((await map(['--format', 'html', '/a'], bad)).stdout, /^<!DOCTYPE html>/);
  assert.match((await map(['--color', 'always', '/a'], bad)).stdout, /\u001b\[1;31ma! /);
});

test('colours on a terminal, but for NO_COLOR and TERM=dumb', async () => {
  const isColoured = async (env: Readonly<Record<string, string>>, terminal = true) => {
    const system = memorySystem(bad, { terminal, env });
    await main(['map', '/a'], system);
    return system.stdout.includes('\u001b[');
  };
  assert.equal(await isColoured({ TERM: 'xterm' }), true);
  assert.equal(await isColoured({ TERM: 'xterm' }, false), false);
  assert.equal(await isColoured({ TERM: 'dumb' }), false);
  assert.equal(await isColoured({ TERM: 'xterm', NO_COLOR: '1' }), false);
});

test('several guests are drawn one after the other, with their names', async () => {
  const { stdout } = await map(['/x', '/y'], {
    '/x/etc/systemd/network/20-all.network': bad['/a/20-all.network'],
    '/y/etc/systemd/network/20-all.network': bad['/a/20-all.network'],
  });
  assert.match(stdout, /^\/x\n\nnet_failover/);
  assert.match(stdout, /^\/y\n\nnet_failover/m);
});

test('a recorded guest is drawn with its own names and MAC', async () => {
  const { entries } = JSON.parse(readFileSync('test/fixtures/guests/bookworm-two-triples.json', 'utf8')) as {
    entries: Record<string, MemoryEntry>;
  };
  const { stdout } = await map(['/a'], { ...entries, ...bad });
  assert.match(stdout, /^net_failover \S+ 52:54:00:/m);
  assert.equal(stdout.match(/^net_failover /gm)?.length, 2);
});

test('a link called by HTML is safe', async () => {
  const files = { '/a/20-all.network': '[Match]\nDriver=net_failover\n\n[Network]\nBridge=<img/src=x>\n' };
  const { stdout } = await map(['--format', 'html', '/a'], files);
  assert.doesNotMatch(stdout, /<img/);
});

test('wrong usage, and nothing to draw', async () => {
  assert.equal((await map(['--format', 'png', '/a'], bad)).status, 2);
  const { status, stderr } = await map(['/b'], { '/b/README': 'nothing\n' });
  assert.equal(status, 3);
  assert.match(stderr, /^failoverctl map: \/b: nothing was judged: /);
  const unread = await map(['/c'], bad);
  assert.equal(unread.status, 3);
  assert.equal(unread.stderr, "failoverctl map: '/c': no such file or directory (ENOENT)\n");
});

const network = '/etc/systemd/network/20-all.network';
const wide = '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n';
const narrow = '[Match]\nDriver=net_failover\n\n[Network]\nDHCP=yes\n\n[DHCPv4]\nClientIdentifier=mac\n';

test('before and now: two pictures, of a folder and of this tree', async () => {
  const files = { [`/old${network}`]: wide, [`/new${network}`]: narrow };
  const { stdout, status } = await map(['--root', '/new', '--against', '/old'], files);
  assert.equal(status, 0);
  assert.match(stdout, /^before: \/old\n[^]*^├─ \S+ {2}standby +a! [^]*^now\n[^]*^├─ \S+ {2}standby +- /m);
  const { stdout: html } = await map(['--format', 'html', '--root', '/new', '--against', '/old'], files);
  assert.match(html, /<body class="beside">/);
  assert.deepEqual(
    [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title),
    ['before: /old', 'now'],
  );
  const { stdout: svg } = await map(['--format', 'svg', '--root', '/new', '--against', '/old'], files);
  assert.equal(svg.match(/<g transform=/g)?.length, 2);
});

test('two targets', async () => {
  const { stdout } = await map(['--diff-targets', 'debian12,debian13', '/a'], bad);
  assert.match(stdout, /^debian12\n[^]*^debian13\n/m);
});

test('as an installation would leave it: the slaves are left alone, and nothing is written', async () => {
  const entries = {
    [`/image${network}`]: wide,
    '/image/usr/lib/systemd/systemd-networkd': '',
    '/image/usr/lib/systemd/system/systemd-networkd.service': '[Install]\nWantedBy=multi-user.target\n',
    '/image/etc/systemd/system/multi-user.target.wants/systemd-networkd.service': {
      link: '/usr/lib/systemd/system/systemd-networkd.service',
    },
    '/image/usr/bin/true': '',
  };
  const { stdout, stderr, status } = await map(['--root', '/image', '--after-install'], entries);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^before install\n[^]*^├─ \S+ {2}standby +a! [^]*^after install\n[^]*^├─ \S+ {2}standby +b /m);
});

test('pairs: wrong usage', async () => {
  for (const [args, expected] of [
    [['--against', '/x', '--after-install'], /--against and --after-install differ/],
    [['--diff-targets', 'debian12'], /expected two releases/],
    [['--diff-targets', 'debian12,debian13', '--target', 'sid'], /expected no --target/],
    [['--diff-targets', 'debian12,deban13', '/a'], /--target: .*deban13/],
    [['--after-install', '/a'], /expected no paths/],
  ] as const) {
    const { status, stderr } = await map(args, bad);
    assert.equal(status, 2, args.join(' '));
    assert.match(stderr, expected);
  }
});
