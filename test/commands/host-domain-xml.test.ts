import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readDomain } from '../../src/hypervisor/domain.ts';
import { exampleDomain, goodStandby } from '../../src/hypervisor/rules/rule.ts';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';

const wanted = ['--mac', '52:54:00:00:12:53', '--bridge', 'br0', '--vf', '0000:42:02.5'];

async function print(args: readonly string[], stdin = '') {
  const system = memorySystem({}, { stdin });
  const status = await main(['host', 'domain-xml', ...args], system);
  return { status, stdout: system.stdout, stderr: system.stderr };
}

test('what libvirt would refuse, drop or misread is a usage error, and nothing is printed', async () => {
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [['--bridge', ''], /--bridge: '' is no name of a link/],
    [['--bridge', 'a b'], /--bridge: 'a b' is no name of a link/],
    [['--bridge', 'sixteen-letters-'], /is no name of a link: expected 1 to 15 bytes/],
    [['--bridge', 'üüüüüüüü'], /is no name of a link/],
    [['--bridge', 'a\u0001b'], /--bridge: 'a\\x01b' has a character that XML cannot hold/],
    [['--tap', '../x'], /--tap: '\.\.\/x' is no name of a link/],
    [['--tap', 'vnet7'], /--tap: 'vnet7' would be dropped by libvirt/],
    [['--queues', '0'], /--queues: '0': expected 1 to 256/],
    [['--queues', '257'], /--queues: '257': expected 1 to 256/],
    [['--mac', '00:00:00:00:00:00'], /--mac: .* is no NIC's MAC/],
    [['--mac', '01:00:5e:00:00:01'], /is a multicast MAC/],
    [['--alias', 'failover0'], /would be dropped by libvirt/],
    [['--vf', '42:02'], /is not a PCI address/],
  ];
  for (const [args, message] of refused) {
    const { status, stdout, stderr } = await print([...wanted, ...args]);
    assert.equal(status, 2, `${args.join(' ')}: ${stderr}`);
    assert.equal(stdout, '');
    assert.match(stderr, message);
  }
  for (const [option, name] of [
    ['--vf-pool', ''],
    ['--vf-pool', 'a\u000bb'],
  ] as const) {
    const { status } = await print(['--mac', '52:54:00:00:12:53', '--bridge', 'br0', option, name]);
    assert.equal(status, 2, JSON.stringify(name));
  }
});

/** A domain as people and tools write it: line ends, indentation, comments, a byte order mark. */
const writtenDomain = fc
  .record({
    end: fc.constantFrom('\n', '\r\n'),
    indent: fc.constantFrom('', '  ', '\t', '    '),
    oneLine: fc.boolean(),
    devices: fc.constantFrom(
      '<devices></devices>',
      '<devices>\n<emulator>/x</emulator></devices>',
      '<devices>\n\n</devices>',
      '<devices><!-- none --></devices>',
      "<devices>\n<disk type='file'/>\n<!-- the last -->\n</devices>",
    ),
    before: fc.constantFrom('', '\ufeff', "<?xml version='1.0'?>\n", '<!-- mine: ü -->\n'),
    after: fc.constantFrom('', '\n', '\n\n<!-- end -->\n'),
  })
  .map(({ end, indent, oneLine, devices, before, after }) => {
    const text = exampleDomain('')
      .replace(/<devices>[^]*<\/devices>/, devices)
      .trimEnd()
      .replace(/^ {2}/gm, indent);
    return `${before}${oneLine ? text.replace(/\n */g, ' ') : text}${after}`.replaceAll('\n', end);
  });

test('--patch puts the pair in, and every other byte stays as it was', async () => {
  await fc.assert(
    fc.asyncProperty(writtenDomain, async (text) => {
      const { status, stdout, stderr } = await print([...wanted, '--patch', '-'], text);
      assert.equal(status, 0, stderr);
      let start = 0;
      while (start < text.length && text[start] === stdout[start]) start += 1;
      const rest = text.slice(start);
      assert.ok(stdout.endsWith(rest), `${JSON.stringify(text)}\n${JSON.stringify(stdout)}`);
      const put = stdout.slice(start, stdout.length - rest.length);
      assert.match(put, /interface type='bridge'>[^]*<interface type='hostdev'/);
      assert.equal(/(?<!\r)\n/.test(put), /(?<!\r)\n/.test(text) || !text.includes('\n'), 'line ends of the file');
      const { domain } = readDomain({ path: 'vm.xml', text: stdout });
      assert.equal(domain?.devices.length, 2);
    }),
    { numRuns: 200 },
  );
});

test('--from-running reads what libvirt will start the next time', async () => {
  const asked: string[] = [];
  const text = exampleDomain(goodStandby.replace(/ *<(?:teaming|alias|link).*\n/g, ''));
  const base = memorySystem({});
  const run: typeof base.run = (argv) => {
    asked.push(argv.join(' '));
    return { status: 0, signal: null, stdout: text, stderr: '' };
  };
  const args = ['host', 'domain-xml', '--from-running', 'vm-01', '-c', 'test:///x', '--mac', '52:54:00:00:12:53'];
  const output: string[] = [];
  const system = { ...base, run, out: (words: string) => void output.push(words) };
  assert.equal(await main([...args, '--vf', '0000:42:02.5'], system), 0, base.stderr);
  assert.deepEqual(asked, ['virsh -c test:///x dumpxml --inactive --domain vm-01']);
  assert.match(
    output.join(''),
    /<teaming type='persistent'\/>[^]*<teaming type='transient' persistent='ua-failover0'\/>/,
  );
  output.length = 0;
  assert.equal(await main([...args, '--vf', '0000:42:02.5', '--print', 'virt-xml'], system), 0);
  assert.match(
    output.join(''),
    /^virt-xml --connect test:\/\/\/x vm-01 --edit mac=52:54:00:00:12:53 --network alias\.name=/,
  );
  const missing = {
    ...base,
    run: () => ({ status: 1, signal: null, stdout: '', stderr: "error: failed to get domain 'vm-01'\n" }),
  };
  assert.equal(await main([...args, '--vf', '0000:42:02.5'], missing), 3);
  assert.match(base.stderr, /libvirt: failed to get domain 'vm-01'/);
});

test('--print virt-xml needs a name, and one that begins with a hyphen is no option', async () => {
  const text = exampleDomain(goodStandby);
  const args = ['--mac', '52:54:00:00:12:53', '--vf', '0000:42:02.5', '--print', 'virt-xml', '--patch', '-'];
  const hyphen = await print(args, text.replace('<name>vm-01', '<name>--edit'));
  assert.match(hyphen.stdout, /^(?:virt-xml --(?:edit|add-device) .* -- --edit\n){2}$/);
  const { status, stderr } = await print(args, text.replace(/ *<name>.*\n/, ''));
  assert.deepEqual(
    [status, stderr],
    [3, 'failoverctl host domain-xml: -:1:1: the domain has no <name>, which virt-xml needs\n'],
  );
});
