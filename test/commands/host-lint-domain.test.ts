import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exampleDomain, goodPair, goodPrimary, goodStandby } from '../../src/hypervisor/rules/rule.ts';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';

const danglingText = exampleDomain(goodPair.replace("persistent='ua-failover0'", "persistent='ua-x'"));

/** With a warning beside the error: FO512, on the VF's element. */
const unmanagedText = danglingText.replace(" managed='yes'", '');

async function lint(args: readonly string[], files: Readonly<Record<string, string>> = {}, stdin = '') {
  const system = memorySystem(files, { stdin });
  const status = await main(['host', 'lint-domain', ...args], system);
  return { status, stdout: system.stdout, stderr: system.stderr, system };
}

async function idsIn(text: string, args: readonly string[] = []) {
  const { stdout, status } = await lint([...args, '--json', '-'], {}, text);
  const { findings } = JSON.parse(stdout) as { findings: readonly { rule: string; fix: unknown }[] };
  return { ids: findings.map(({ rule }) => rule), findings, status };
}

test('a finding has its frame, its other place and its fix', async () => {
  const { status, stdout } = await lint(['/vm.xml'], { '/vm.xml': danglingText });
  assert.equal(status, 1);
  assert.match(
    stdout,
    /^error\[FO502\] persistent='ua-x' names no device of this domain.*\n {2}--> \/vm\.xml:\d+:\d+\n.*<teaming type='transient' persistent='ua-x'\/>\n.* \^{17}\n {2}fix: point at 'ua-failover0', the persistent NIC with the same MAC \(--fix\)\n/,
  );
  assert.match(stdout, /^1 error$/m);
});

test('each format holds the same findings', async () => {
  const files = { '/vm.xml': unmanagedText };
  const json = JSON.parse((await lint(['--format', 'json', '/vm.xml'], files)).stdout) as {
    findings: { rule: string; start: { line: number } }[];
    summary: object;
  };
  assert.deepEqual(json.summary, { files: 1, errors: 1, warnings: 1, infos: 0, fixable: 2, fixed: 0 });
  const sarif = JSON.parse((await lint(['--format', 'sarif', '/vm.xml'], files)).stdout) as {
    runs: { results: { ruleId: string; locations: { physicalLocation: { region: { startLine: number } } }[] }[] }[];
  };
  const github = (await lint(['--format', 'github', '/vm.xml'], files)).stdout.trim().split('\n');
  const expected = json.findings.map(({ rule, start }) => [rule, start.line]);
  assert.equal(expected.length, 2);
  assert.deepEqual(
    sarif.runs[0]?.results.map(({ ruleId, locations }) => [ruleId, locations[0]?.physicalLocation.region.startLine]),
    expected,
  );
  assert.deepEqual(
    github.map((line) => [/title=(FO\d+)/.exec(line)?.[1], Number(/line=(\d+)/.exec(line)?.[1])]),
    expected,
  );
});

test('--select, --ignore and --fail-on decide, and know the rules for domains only', async () => {
  assert.deepEqual((await idsIn(unmanagedText)).ids, ['FO512', 'FO502']);
  assert.deepEqual((await idsIn(unmanagedText, ['--select', 'FO502'])).ids, ['FO502']);
  const ignoring = await idsIn(unmanagedText, ['--ignore', 'teaming-alias-dangling,FO512']);
  assert.deepEqual([ignoring.ids, ignoring.status], [[], 0]);
  const linkUp = exampleDomain(`${goodStandby.replace("  <link state='down'/>\n", '')}\n${goodPrimary}`);
  assert.equal((await idsIn(linkUp)).status, 0, 'an info does not fail');
  assert.equal((await idsIn(linkUp, ['--fail-on', 'info'])).status, 1);
  const { status, stderr } = await lint(['--select', 'FO101', '-'], {}, unmanagedText);
  assert.equal(status, 2);
  assert.match(stderr, /--select: 'FO101' is no rule/);
});

test('what is no XML is told at its place, and nothing else is', async () => {
  const { ids, status } = await idsIn(danglingText.replace("type='transient'", 'type=transient'));
  assert.deepEqual([ids, status], [['FO500'], 1]);
  const { stdout } = await lint(['-'], {}, '<domain>\n  <name>x</nam>\n</domain>\n');
  assert.match(stdout, /--> <stdin>:2:10\n 2 \| {3}<name>x<\/nam>\n/);
  const all = await idsIn('');
  assert.deepEqual(all.ids, ['FO500']);
});

test('other XML, and a file that is not there, are troubles', async () => {
  const other = await lint(['/net.xml', '/vm.xml'], { '/net.xml': '<network/>', '/vm.xml': danglingText });
  assert.equal(other.status, 3);
  assert.match(other.stderr, /^failoverctl host lint-domain: '\/net\.xml': <network> holds no <domain>$/m);
  assert.match(other.stdout, /FO502/, 'the other file is linted all the same');
  const missing = await lint(['/none.xml', '/vm.xml'], { '/vm.xml': danglingText });
  assert.equal(missing.status, 3);
  assert.match(missing.stderr, /^failoverctl host lint-domain: '\/none\.xml': no such file or directory \(ENOENT\)$/m);
  assert.match(missing.stdout, /FO502/, 'the other file is linted all the same');
  for (const args of [[], ['-', '/vm.xml'], ['--stdin-filename', 'x', '/vm.xml'], ['-c', 'x', '/vm.xml']])
    assert.equal((await lint(args, { '/vm.xml': danglingText })).status, 2, args.join(' '));
});

test('all that is wrong with the arguments is reported together', async () => {
  const { status, stderr } = await lint([
    '--format',
    'x',
    '--select',
    'FO1',
    '--stdin-filename',
    'y',
    '-c',
    'z',
    '/vm.xml',
  ]);
  assert.equal(status, 2);
  for (const option of ['--format', '--select', '--stdin-filename', '--connect'])
    assert.match(stderr, new RegExp(`^(?:failoverctl host lint-domain: )?${option}\\b`, 'm'), option);
});

test('a snapshot holds a domain too', async () => {
  const snapshot = `<domainsnapshot><name>s</name>${danglingText}</domainsnapshot>`;
  assert.deepEqual((await idsIn(snapshot)).ids, ['FO502']);
});

test('a comment holds for the element that follows it, before the root for all', async () => {
  const comment = '<!-- failoverctl: ignore FO502,teaming-macs-differ the VF is attached by hand -->';
  const above = danglingText.replace("<interface type='hostdev'", `${comment}\n    $&`);
  assert.deepEqual((await idsIn(above)).ids, []);
  const beside = danglingText.replace("<interface type='bridge'", `${comment}\n    $&`);
  assert.deepEqual((await idsIn(beside)).ids, ['FO901', 'FO502'], 'the virtio NIC is not what it is about');
  assert.deepEqual((await idsIn(`${comment}\n${danglingText}`)).ids, []);
  const last = danglingText.replace('</devices>', `${comment}</devices>`);
  assert.deepEqual((await idsIn(last)).ids, ['FO502', 'FO901']);
  const reasonless = danglingText.replace("<interface type='hostdev'", '<!-- failoverctl: ignore FO502 -->$&');
  assert.deepEqual((await idsIn(reasonless)).ids, ['FO902', 'FO502']);
  const inText = danglingText.replace('<name>vm-01', `<name><![CDATA[${comment}]]>vm-01`);
  assert.deepEqual((await idsIn(inText)).ids, ['FO502'], 'in CDATA it is no comment');
});

test('a comment that is of no use is taken out, alone where something stands beside it', async () => {
  const comment = '<!-- failoverctl: ignore FO508 no reason any more -->';
  const good = exampleDomain(goodPair);
  for (const text of [good.replace('<devices>', `<devices>${comment}`), good.replace('<os>', `${comment}\n  <os>`)]) {
    assert.deepEqual((await idsIn(text)).ids, ['FO901']);
    assert.equal((await lint(['--fix', '-'], {}, text)).stdout, good);
  }
});

test('--fix mends the file and nothing else in it; --diff only shows it', async () => {
  const files = { '/vm.xml': danglingText };
  const shown = await lint(['--diff', '/vm.xml'], files);
  assert.equal(shown.status, 1);
  assert.match(shown.stdout, /^-.*persistent='ua-x'\/>\n\+.*persistent='ua-failover0'\/>$/m);
  assert.equal(shown.system.read('/vm.xml'), danglingText);
  const { status, system, stderr } = await lint(['--fix', '/vm.xml'], files);
  assert.equal(status, 0, stderr);
  assert.equal(system.read('/vm.xml'), exampleDomain(goodPair));
  const piped = await lint(['--fix', '-'], {}, danglingText);
  assert.equal(piped.stdout, exampleDomain(goodPair));
});

test('what may change a working guest is mended only when asked for', async () => {
  const macs = exampleDomain(`${goodStandby}\n${goodPrimary.replace('12:53', '12:54')}`);
  assert.equal((await lint(['--fix', '-'], {}, macs)).stdout, macs);
  assert.equal((await lint(['--unsafe-fixes', '-'], {}, macs)).stdout, exampleDomain(goodPair));
  const none = exampleDomain(`${goodStandby}\n${goodPrimary.replace(/ *<mac.*\n/, '')}`);
  assert.equal((await lint(['--fix', '-'], {}, none)).stdout, exampleDomain(goodPair), 'no MAC is no choice');
});

test('what is too large is refused before it is read, from a file and from standard input', async () => {
  const large = ' '.repeat(10 * 1024 * 1024 + 1);
  const file = await lint(['/vm.xml'], { '/vm.xml': large });
  assert.equal(file.status, 3);
  assert.match(file.stderr, /'\/vm\.xml': the text is 10\.0 MiB: expected at most 10 MiB/);
  const stdin = await lint(['-'], {}, large);
  assert.equal(stdin.status, 3);
  assert.match(stdin.stderr, /'standard input': the text is larger: expected at most 10 MiB, as virsh\(1\) does/);
});

test('entities and deep nesting end in one finding', async () => {
  const entity = danglingText.replace(
    '<domain',
    '<!DOCTYPE domain [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<domain',
  );
  assert.deepEqual((await idsIn(entity)).ids, ['FO500']);
  assert.deepEqual((await idsIn('<a>'.repeat(100_000))).ids, ['FO500']);
});

test('3,000 pairs are judged each by itself', async () => {
  const pairs = (count: number) =>
    exampleDomain(
      Array.from({ length: count }, (_, index) => {
        const mac = `52:54:00:${[index >> 16, index >> 8, index].map((part) => (part & 255).toString(16).padStart(2, '0')).join(':')}`;
        return goodPair.replaceAll('52:54:00:00:12:53', mac).replaceAll('ua-failover0', `ua-${index}`);
      }).join('\n'),
    );
  assert.deepEqual((await idsIn(pairs(3000))).ids, (await idsIn(pairs(1))).ids);
});

test('a domain without a failover pair is named, with what it has', async () => {
  const text = exampleDomain(
    "<interface type='network'><mac address='52:54:00:00:12:53'/><source network='default'/></interface>",
  );
  const { status, stdout, stderr } = await lint(['/vm.xml'], { '/vm.xml': text });
  assert.equal(status, 0, stdout);
  assert.match(stderr, /'\/vm\.xml': .* has no failover pair \(1 network device, 0 of the host's, 0 with <teaming>\)/);
  assert.equal((await lint(['--quiet', '/vm.xml'], { '/vm.xml': text })).stderr, '');
  const inJson = async (format: string, domain: string) => {
    const printed = await lint(['--format', format, '/vm.xml'], { '/vm.xml': domain });
    return (JSON.parse(printed.stdout) as { unpaired: unknown }).unpaired;
  };
  const unpaired = { file: '/vm.xml', domain: 'vm-01', networkDevices: 1, hostDevices: 0, teamedDevices: 0 };
  assert.deepEqual([await inJson('json', text), await inJson('jsonl', text)], [[unpaired], [unpaired]]);
  assert.deepEqual(await inJson('json', exampleDomain(goodPair)), []);
  assert.equal((await lint(['/vm.xml'], { '/vm.xml': exampleDomain(goodPair) })).stderr, '');
});
