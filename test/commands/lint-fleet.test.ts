import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

const bad = '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n';
const good = '[Match]\nDriver=net_failover\n\n[Network]\nDHCP=yes\n\n[DHCPv4]\nClientIdentifier=mac\n';
const place = '/etc/systemd/network/20-all.network';

function snapshot(text: string): string {
  const folders = Object.fromEntries(
    ['/', '/etc', '/etc/systemd', '/etc/systemd/network'].map((path) => [path, { directory: true }]),
  );
  const entries = { ...folders, [place]: text };
  return JSON.stringify({ version: 1, live: false, leftOut: [], entries, programs: [] });
}

async function lint(args: readonly string[], files: Readonly<Record<string, MemoryEntry>>, terminal = false) {
  const system = memorySystem(files, { terminal, env: { NO_COLOR: '1' } });
  const status = await main(['lint', ...args], system);
  return { status, stdout: system.stdout, stderr: system.stderr };
}

const fleet = {
  '/s/a.json': snapshot(bad),
  '/s/b.json': snapshot(bad),
  '/s/c.json': snapshot(good),
  '/s/notes.txt': 'no snapshot\n',
};

test('a folder of snapshots: each cause once, with the guests that have it', async () => {
  const { status, stdout } = await lint(['--snapshot', '/s'], fleet);
  assert.equal(status, 1);
  assert.equal(stdout.match(/^error\[FO101\]/gm)?.length, 1);
  assert.match(stdout, /^ {2}on: 2 guests \(\/s\/a\.json, \/s\/b\.json\)$/m);
  assert.match(
    stdout,
    /^3 guests: 2 with errors, 0 with warnings, 0 with info alone, 1 clean, 0 not judged or not whole$/m,
  );
  assert.match(stdout, /^by rule: .*FO101 on 2/m);
  assert.match(stdout, /^by cause: FO101 on 2 guests: \/etc\/systemd\/network\/20-all\.network:5$/m);
});

test('as the shell gives them, and given twice: each guest once', async () => {
  const { stdout } = await lint(['--snapshot', '/s/a.json', '/s/b.json', '/s/c.json', '/s/a.json'], fleet);
  assert.match(stdout, /^3 guests: 2 with errors/m);
  assert.match(
    (await lint(['--snapshot', '/s/a.json'], fleet)).stdout,
    /^judged: networkd/m,
    'one is reported as before',
  );
});

test('trees', async () => {
  const { status, stdout } = await lint(['--root', '/x', '--root', '/y'], {
    [`/x${place}`]: bad,
    [`/y${place}`]: good,
  });
  assert.equal(status, 1);
  assert.match(stdout, /^2 guests: 1 with errors/m);
});

test('one that cannot be read is told, the others are judged, and the run ends with 3', async () => {
  const { status, stdout } = await lint(['--snapshot', '/s'], { ...fleet, '/s/d.json': '{' });
  assert.equal(status, 3);
  assert.match(stdout, /^not judged: --snapshot: '\/s\/d\.json' is no snapshot: it is not JSON\n {2}on: 1 guest /m);
  assert.match(stdout, /^4 guests: 2 with errors, .* 1 clean, 1 not judged/m);
});

test('one that has nothing to judge is not clean', async () => {
  const { status, stdout } = await lint(['--root', '/x', '--root', '/y'], { '/x/README': 'a\n', [`/y${place}`]: good });
  assert.equal(status, 3);
  assert.match(stdout, /^2 guests: .* 1 clean, 1 not judged/m);
});

test('JSON lines: one a guest, then the sum', async () => {
  const { status, stdout } = await lint(['--format', 'jsonl', '--snapshot', '/s'], { ...fleet, '/s/d.json': '{' });
  assert.equal(status, 3);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    lines.map(({ guest }) => guest),
    ['/s/a.json', '/s/b.json', '/s/c.json', '/s/d.json', undefined],
  );
  const rules = ((lines[0] ?? {})['findings'] as readonly { rule: string }[]).map(({ rule }) => rule);
  assert.ok(rules.includes('FO101'));
  const { summary } = lines[4] as { summary: { guests: number; errors: number; failed: number; rules: unknown } };
  assert.deepEqual([summary.guests, summary.errors, summary.failed], [4, 2, 1]);
});

test('other formats are one document of all, with the guest of each finding', async () => {
  const { stdout } = await lint(['--json', '--snapshot', '/s'], fleet);
  const { findings } = JSON.parse(stdout) as { findings: readonly { rule: string; guest: string }[] };
  assert.deepEqual([...new Set(findings.map(({ guest }) => guest))], ['/s/a.json', '/s/b.json']);
});

test('what failoverctl.yaml leaves out is counted over all guests', async () => {
  const { stdout, status } = await lint(['--config', '/c.yaml', '--snapshot', '/s'], {
    ...fleet,
    '/c.yaml': 'rules: {FO: off}\n',
  });
  assert.equal(status, 0);
  assert.match(stdout, /left out by \/c\.yaml:1: 2 findings of FO101/);
});

test('wrong usage', async () => {
  for (const [args, expected] of [
    [['--root', '/x', '--snapshot', '/s/a.json'], /--root and --snapshot differ/],
    [['--root', '/x', '--root', '/y', '/etc'], /paths go with one guest/],
    [['--root', '/x', '--root', '/y', '--fix'], /--fix, --diff and --against go with one guest/],
    [['--snapshot', '/s', '--against', '/s/c.json'], /go with one guest: expected one of \/s\/a\.json/],
  ] as const) {
    const { status, stderr } = await lint(args, fleet);
    assert.equal(status, 2, args.join(' '));
    assert.match(stderr, expected);
  }
  assert.equal((await lint(['--snapshot', '/empty'], { '/empty/a.txt': '' })).status, 3);
});

/** Snapshots that were read. */
function readBy({ calls }: { readonly calls: readonly string[] }): readonly string[] {
  return calls.filter((call) => /^read \/s\/.*\.json$/.test(call)).map((call) => call.slice('read '.length));
}

for (const format of ['human', 'jsonl'])
  test(`workers judge what they are given, and the report is that of one process, in order: ${format}`, async () => {
    const args = ['lint', '--format', format, '--select', 'FO1', '--snapshot', '/s/d.json', '/s/a.json', '/s/b.json'];
    const files = { ...fleet, '/s/d.json': '{' };
    const alone = memorySystem(files);
    const status = await main([...args, '--jobs', '1'], alone);
    assert.deepEqual(alone.programs, []);

    // without a program that starts, all are judged here
    const deserted = memorySystem(files);
    assert.equal(await main([...args, '--jobs', '2'], deserted), status);
    assert.equal(deserted.stdout, alone.stdout);
    assert.equal(deserted.programs.length, 2);

    const answers = new Map<string, string>();
    for (const argv of deserted.programs) {
      const worker = memorySystem(files);
      assert.equal(await main(argv.slice(1), worker), 0);
      answers.set(argv.join(' '), worker.stdout);
    }
    const run = (argv: readonly string[]) => ({
      status: 0,
      signal: null,
      stdout: answers.get(argv.join(' ')) ?? assert.fail(argv.join(' ')),
      stderr: '',
    });
    const parent = memorySystem(files, { run });
    assert.equal(await main([...args, '--jobs', '2'], parent), status);
    assert.equal(parent.stdout, alone.stdout);
    assert.deepEqual(readBy(parent), [], 'it judges nothing itself');

    const ended = memorySystem(files, { run: () => ({ status: null, signal: 'SIGTERM', stdout: '', stderr: '' }) });
    assert.equal(await main([...args, '--jobs', '2'], ended), 3);
    assert.match(ended.stderr, /interrupted/);
    assert.equal(ended.stdout, '', 'half a report is none');
  });

test('without --jobs as many workers as cores, where there are guests enough', async () => {
  const status = { '/proc/self/status': 'Name:\tx\nCpus_allowed_list:\t0,2-3\n' };
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`/s/${at}.json`, snapshot(good)]));
  for (const [files, expected] of [
    [{ ...many, ...status }, 3],
    [many, 0],
    [{ ...fleet, ...status }, 0],
  ] as const) {
    const system = memorySystem(files);
    await main(['lint', '--snapshot', '/s'], system);
    assert.equal(system.programs.length, expected);
  }
});

test('--resume: what was judged is not judged again, what has changed is, and the report is of all', async () => {
  const args = ['lint', '--format', 'jsonl', '--snapshot', '/s'];
  const resumed = [...args, '--resume', '/state'];
  const state = (system: ReturnType<typeof memorySystem>): string => {
    const node = system.files.get('/state');
    return node?.kind === 'file' ? node.text : assert.fail('no state');
  };
  const plain = memorySystem(fleet);
  await main(args, plain);
  const first = memorySystem(fleet);
  await main(resumed, first);
  assert.equal(first.stdout, plain.stdout);

  const again = memorySystem({ ...fleet, '/state': state(first) });
  await main(resumed, again);
  assert.equal(again.stdout, plain.stdout);
  assert.deepEqual(readBy(again), []);
  assert.equal(state(again), state(first));

  // killed in the middle of a line; the first guest's has the frame of what the second has too
  const lines = state(first).split('\n');
  for (const [left, judged] of [
    [`${lines[0]}\n${lines[1]}\n${lines[2]?.slice(0, 30)}`, ['/s/b.json', '/s/c.json']],
    [`${lines[0]}\n${lines[3]}\n${lines[2]}\n`, ['/s/a.json', '/s/b.json']],
    [lines[0]?.slice(0, -5), ['/s/a.json', '/s/b.json', '/s/c.json']],
  ] as const) {
    const next = memorySystem({ ...fleet, '/state': left ?? '' });
    await main(resumed, next);
    assert.equal(next.stdout, plain.stdout);
    assert.deepEqual(readBy(next), judged);
    assert.deepEqual(state(next).split('\n').sort(), [...lines].sort(), 'each once');
  }

  const changed = { ...fleet, '/s/b.json': snapshot(good) };
  const afterwards = memorySystem({ ...changed, '/state': state(first) });
  await main(resumed, afterwards);
  const expected = memorySystem(changed);
  await main(args, expected);
  assert.equal(afterwards.stdout, expected.stdout);
  assert.deepEqual(readBy(afterwards), ['/s/b.json']);

  const otherwise = memorySystem({ ...fleet, '/state': state(first) });
  await main([...resumed, '--select', 'FO1'], otherwise);
  assert.equal(readBy(otherwise).length, 3, 'other rules');
});

test('--resume keeps nothing in a file of somebody else, and says what it cannot be used with', async () => {
  const other = memorySystem({ ...fleet, '/notes': 'mine\n' });
  assert.equal(await main(['lint', '--snapshot', '/s', '--resume', '/notes'], other), 2);
  assert.match(other.stderr, /'\/notes' is not what a run has left/);
  assert.deepEqual([...other.files.keys()], [...memorySystem({ ...fleet, '/notes': '' }).files.keys()]);
  for (const args of [
    ['--root', '/x', '--root', '/y', '--resume', '/state'],
    ['--snapshot', '/s', '--json', '--resume', '/state'],
    ['--snapshot', '/s', '--jobs', '0'],
    ['--snapshot', '/s', '--jobs', 'all'],
  ])
    assert.equal((await lint(args, fleet)).status, 2, args.join(' '));
  const refusing = memorySystem(fleet, { refuse: (operation) => (operation === 'append' ? 'ENOSPC' : null) });
  assert.equal(await main(['lint', '--snapshot', '/s', '--resume', '/state'], refusing), 3);
  assert.match(refusing.stderr, /--resume: .*no space left/);
});
