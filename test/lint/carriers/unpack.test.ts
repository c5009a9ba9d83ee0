import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { main } from '../../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../../src/system/memory.ts';

const all = '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n\n[DHCPv4]\nClientIdentifier=mac\n';
const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');
const indent = (text: string, by: number) => text.replace(/^(?=.)/gm, ' '.repeat(by));

interface Found {
  readonly rule: string;
  readonly file: string;
  readonly start: { readonly line: number; readonly offset: number };
  readonly end: { readonly offset: number };
  readonly fix: unknown;
}

async function lint(files: Readonly<Record<string, MemoryEntry>>, ...args: readonly string[]) {
  const system = memorySystem(files);
  const status = await main(['lint', '--json', ...args], system);
  const { findings, skipped } = JSON.parse(system.stdout) as {
    findings: readonly Found[];
    skipped: readonly { path: string; why: string }[];
  };
  return { status, findings, skipped, stderr: system.stderr };
}

/** A file, and what FO107 points at in it. */
async function pointAt(path: string, text: string) {
  const { findings, status, stderr } = await lint({ [path]: text }, path);
  const found = findings.find(({ rule }) => rule === 'FO107');
  assert.ok(found !== undefined, `${path}: ${stderr}`);
  assert.equal(status, 1, stderr);
  assert.equal(found.file, path);
  assert.equal(found.fix, null, 'what is carried is not edited');
  return text.slice(found.start.offset, found.end.offset);
}

const butane = (contents: string) =>
  `variant: fcos\nversion: 1.5.0\nstorage:\n  files:\n    - path: /etc/systemd/network/20-all.network\n      mode: 0644\n      contents:\n${contents}`;

const cloudConfig = `#cloud-config\nwrite_files:\n  - path: /etc/systemd/network/20-all.network\n    content: |\n${indent(all, 6)}`;

/** User data in MIME, as make-mime of cloud-init writes it. */
const mime = (parts: readonly (readonly [headers: string, body: string])[]) =>
  [
    'Content-Type: multipart/mixed;\n boundary="=-x=="\nMIME-Version: 1.0\n\n',
    ...parts.map(([headers, body]) => `--=-x==\n${headers}\n\n${body}\n`),
    '--=-x==--\n',
  ].join('');

test('user data in MIME: cloud-config in any part is read where it stands, a script and a URL are told', async () => {
  const script = ['Content-Type: text/x-shellscript', '#!/bin/sh\ndhclient enp2s0\n'] as const;
  const config = ['Content-Type: text/cloud-config; charset="utf-8"', cloudConfig] as const;
  assert.equal(await pointAt('/m/user-data', mime([script, config])), 'en*');
  assert.equal(await pointAt('/m/user-data', mime([['Content-Type: text/plain', cloudConfig]])), 'en*');
  const nested = mime([config]).replaceAll('=-x==', 'inner');
  assert.equal(
    await pointAt(
      '/m/x.mime',
      mime([[nested.slice(0, nested.indexOf('\n\n')), nested.slice(nested.indexOf('--inner'))]]),
    ),
    'en*',
  );
  const encoded = 'Content-Type: text/cloud-config\nContent-Transfer-Encoding: base64';
  assert.match(
    await pointAt('/m/user-data', mime([[encoded, base64(cloudConfig)]])),
    /^Content-Type: text\/cloud-config$/,
  );
  const { skipped } = await lint({ '/m/user-data': mime([script, config]) }, '/m/user-data');
  assert.match(skipped.map(({ why }) => why).join(), /a script has to do with 'dhclient'/);
  for (const [headers, body, why] of [
    ['Content-Type: text/x-include-url', 'http://192.0.2.1/x\n', /a part names URLs, which are not fetched/],
    ['Content-Type: text/cloud-config', '#cloud-config\nwrite_files: [\n', /a part that cannot be parsed/],
    ['Content-Type: text/cloud-config\nContent-Transfer-Encoding: quoted-printable', cloudConfig, /quoted-printable/],
    ['Content-Type: text/cloud-config', '#cloud-config\npackages: [x]\n', /carries no configuration/],
  ] as const) {
    const { status, stderr } = await lint({ '/m/user-data': mime([[headers, body]]) }, '/m/user-data');
    assert.equal(status, 3, headers);
    assert.match(stderr, why);
  }
  const { status, stderr } = await lint({ '/m/x.mime': 'Content-Type: multipart/mixed\n\nx\n' }, '/m/x.mime');
  assert.equal(status, 3);
  assert.match(stderr, /cannot be parsed/);
});

test('#cloud-config-archive: each item as its type or its first line says', async () => {
  const archive = (item: string) =>
    `#cloud-config-archive\n- type: text/x-shellscript\n  content: "#!/bin/sh"\n${item}`;
  assert.equal(await pointAt('/m/a', archive(`- |\n${indent(cloudConfig, 2)}`)), 'en*');
  assert.equal(
    await pointAt('/m/a', archive(`- type: text/cloud-config\n  content: |\n${indent(cloudConfig, 4)}`)),
    'en*',
  );
});

test('what is encoded is pointed at by the path that it is written to, which is no secret', async () => {
  const text = cloudConfig.replace(/content: [^]*$/, `encoding: b64\n    content: ${base64(all)}\n`);
  const system = memorySystem({ '/m/user-data': text });
  assert.equal(await main(['lint', '/m/user-data'], system), 1);
  assert.match(system.stdout, /^ 3 \| .*path: \/etc\/systemd\/network\/20-all\.network$/m);
  assert.doesNotMatch(system.stdout, new RegExp(base64(all).slice(0, 12)));
});

test('Butane: a literal block, a quoted string, a URL: the place is the word itself', async () => {
  assert.equal(await pointAt('/m/a.bu', butane(`        inline: |\n${indent(all, 10)}`)), 'en*');
  assert.equal(await pointAt('/m/a.yaml', butane(`        inline: |\n${indent(all, 12)}`)), 'en*');
  assert.equal(await pointAt('/m/a.bu', butane(`        inline: ${JSON.stringify(all)}\n`)), 'en*');
  assert.equal(await pointAt('/m/a.bu', butane(`        source: data:,${encodeURIComponent(all)}\n`)), 'en*');
});

test('Ignition: what is encoded is judged, and its path is the place', async () => {
  const ignition = (contents: object) =>
    JSON.stringify(
      {
        ignition: { version: '3.4.0' },
        storage: { files: [{ path: '/etc/systemd/network/20-all.network', mode: 420, contents }] },
      },
      null,
      '\t',
    );
  const path = '"/etc/systemd/network/20-all.network"';
  assert.equal(await pointAt('/m/a.ign', ignition({ source: `data:,${encodeURIComponent(all)}` })), 'en*');
  assert.equal(await pointAt('/m/a.json', ignition({ source: `data:;base64,${base64(all)}` })), path);
  const packed = base64(gzipSync(all));
  assert.equal(await pointAt('/m/a.ign', ignition({ source: `data:;base64,${packed}`, compression: 'gzip' })), path);
  assert.equal(await pointAt('/m/a.ign', ignition({ source: `data:,${encodeURIComponent(`# ü\n${all}`)}` })), path);
  for (const broken of [
    { source: 'https://x.example/a' },
    { source: 'data:;base64,=x' },
    { source: `data:;base64,${base64(all)}`, compression: 'gzip' },
  ]) {
    const { status, stderr } = await lint({ '/m/a.ign': ignition(broken) }, '/m/a.ign');
    assert.equal(status, 3);
    assert.match(stderr, /a\.ign:\d+:\d+: '\/etc\/systemd\/network\/20-all\.network' is not read: /);
  }
});

test('networkd units of spec 2, drop-ins, masks, appended parts', async () => {
  const spec2 = JSON.stringify({
    ignition: { version: '2.3.0' },
    networkd: {
      units: [
        {
          name: '20-all.network',
          dropins: [{ name: 'x.conf', contents: '[Match]\nDriver=net_failover\n' }],
          contents: all,
        },
      ],
    },
  });
  assert.equal((await lint({ '/m/a.ign': spec2 }, '/m/a.ign')).status, 0, 'the drop-in narrows it');
  const appended = butane(
    `        inline: "[Match]\\nName=en*\\n"\n      append:\n        - inline: "[Network]\\nDHCP=yes\\n"\n`,
  );
  const { findings } = await lint({ '/m/a.bu': appended }, '/m/a.bu');
  assert.ok(findings.some(({ rule }) => rule === 'FO101'));
  const masked = `${butane(`        inline: |\n${indent(all, 10)}`)}  links:\n    - path: /etc/systemd/network/10-x.network\n      target: /dev/null\n`;
  assert.equal(await pointAt('/m/a.bu', masked), 'en*');
});

test('kernel arguments, a MachineConfig, and the modes of keyfiles', async () => {
  const kargs = 'variant: fcos\nversion: 1.5.0\nkernel_arguments:\n  should_exist: [quiet, ip=dhcp]\n';
  const { findings } = await lint({ '/m/a.bu': kargs }, '/m/a.bu');
  assert.deepEqual(
    findings.map(({ rule, start }) => [rule, start.line]),
    [['FO403', 4]],
  );
  const machine = `kind: MachineConfig\nspec:\n  kernelArguments: [ip=dhcp]\n  config:\n    ignition: {version: 3.2.0}\n    storage:\n      files:\n        - path: /etc/NetworkManager/system-connections/a.nmconnection\n          mode: 420\n          contents: {source: "data:,[connection]%0Aid=a%0Atype=ethernet%0A"}\n`;
  const rules = (await lint({ '/m/mc.yaml': machine }, '/m/mc.yaml')).findings.map(({ rule }) => rule);
  assert.ok(rules.includes('FO007') && rules.includes('FO403'), rules.join(' '));
});

test("write_files: each encoding that cloud-init knows, with user data's own findings", async () => {
  const data = (entry: string) =>
    `#cloud-config\nwrite_files:\n  - path: /etc/systemd/network/20-all.network\n${indent(entry, 4)}`;
  assert.equal(await pointAt('/m/user-data', data(`content: |\n${indent(all, 2)}`)), 'en*');
  const path = '/etc/systemd/network/20-all.network';
  assert.equal(await pointAt('/m/vendor-data', data(`encoding: b64\ncontent: ${base64(all)}\n`)), path);
  assert.equal(await pointAt('/m/user-data', data(`encoding: gz+b64\ncontent: ${base64(gzipSync(all))}\n`)), path);
  assert.equal(
    await pointAt('/m/user-data', data(`encoding: gzip\ncontent: !!binary |\n  ${base64(gzipSync(all))}\n`)),
    path,
  );
  const commands = `${data(`content: |\n${indent(all, 2)}`)}runcmd:\n  - nmcli con up lan\n`;
  const { skipped, status } = await lint({ '/m/user-data': commands }, '/m/user-data');
  assert.equal(status, 1);
  assert.deepEqual(skipped, [{ path: '/m/user-data:14:5', why: "a command of runcmd has to do with 'nmcli'" }]);
});

test('a seed in a tree writes beside what the tree has; a guard of the tree counts', async () => {
  const files = {
    '/var/lib/cloud/seed/nocloud/user-data': `#cloud-config\nwrite_files:\n  - path: /etc/systemd/network/20-all.network\n    content: |\n${indent(all, 6)}`,
    '/etc/systemd/network/90-x.network': '[Match]\nName=lan0\n',
  };
  const rules = (await lint(files)).findings.map(({ rule }) => rule);
  assert.ok(rules.includes('FO101'), rules.join(' '));
  const guard = '[Match]\nDriver=!net_failover\nPermanentMACAddress=52:54:00:00:12:53\n\n[Link]\nUnmanaged=yes\n';
  const other = (await lint({ ...files, '/etc/systemd/network/05-guard.network': guard })).findings.map(
    ({ rule }) => rule,
  );
  assert.ok(!other.includes('FO101'), other.join(' '));
});

test('a comment suppresses in the file that carries, and no secret of it is shown', async () => {
  const told = `        inline: |\n          # failoverctl: ignore FO101 FO107 the lab hands out test leases\n${indent(all.replaceAll('\n\n', '\n'), 10)}`;
  assert.equal((await lint({ '/m/a.bu': butane(told) }, '/m/a.bu')).status, 0);
  const secret = `passwd:\n  users: [{name: core, password_hash: hunter2}]\n`;
  const line = butane(`        inline: ${JSON.stringify(`${all}# psk=hunter3`)} # hunter4\n`);
  const system = memorySystem({ '/m/a.bu': line + secret });
  await main(['lint', '/m/a.bu'], system);
  assert.match(system.stdout, /Name=en\*/);
  assert.doesNotMatch(system.stdout, /hunter/);
});

test('one that carries no network, or cannot be parsed, is not clean', async () => {
  for (const [name, text] of [
    ['a.bu', 'variant: fcos\nversion: 1.5.0\n'],
    ['a.ign', '{"ignition": '],
    ['b.ign', '{"ignition":{"version":"3.0.0","config":{"merge":[{"source":"https://x.example/b"}]}}}'],
    ['c.bu', 'variant: fcos\nversion: 1.5.0\nstorage:\n  trees:\n    - local: tree\n'],
  ] as const) {
    const { status, stderr } = await lint({ [`/m/${name}`]: text }, `/m/${name}`);
    assert.equal(status, 3, name);
    assert.match(stderr, /carries no configuration|cannot be parsed|merged from|a tree is copied/, name);
  }
});
