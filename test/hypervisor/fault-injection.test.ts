import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { main } from '../../src/main.ts';
import type { System } from '../../src/system/system.ts';
import { makeHost, mac, vfXml, type Host, type HostState } from './host-with-stand-ins.ts';

/*
 * Every command that a runbook runs fails once, in three ways, and the whole host is compared with what it was before:
 * links, ports, forwarding database, the PF's table, the domain. Which commands there are is counted in a run that goes
 * well, so that a new step is failed without a word here.
 */

/** How a command fails, as what is run in its place. A killed one may have had its effect. */
const failures: Readonly<Record<string, (argv: readonly string[]) => readonly string[]>> = {
  'exits with 1': () => ['sh', '-c', 'exit 1'],
  'is killed before it acts': () => ['sh', '-c', 'kill -9 $$'],
  'is killed after it acted': (argv) => ['sh', '-c', '"$@"; kill -9 $$', 'sh', ...argv],
};

const overrides = ['--pf', 'pf0', '--vf-number', '5', '--uplink', 'up0', '--carrier-wait', '0'];
const migrate = ['host', 'migrate', 'vm', 'qemu+ssh://there/system', ...overrides];

interface Runbook {
  readonly args: (vfFile: string) => readonly string[];
  /** Brings a fresh host to where the runbook begins. */
  readonly arrange?: (host: Host) => Promise<unknown>;
}

const runbooks: Readonly<Record<string, Runbook>> = {
  migrate: { args: () => migrate },
  'reattach --prepare': {
    // A bridge that is not there yet, and an uplink that is no port of it yet.
    args: (file) => [
      'host',
      'reattach',
      'vm',
      '--prepare',
      '--xml',
      file,
      '--bridge',
      'br1',
      ...overrides,
      '--uplink',
      'spare0',
    ],
  },
  reattach: {
    args: (file) => ['host', 'reattach', 'vm', '--xml', file, ...overrides],
    arrange: async (host) => {
      assert.equal(await main(migrate, host.system), 0, host.output.err);
      host.arrive();
      // as --prepare has left it on the target
      const { status, stderr } = host.script(`bridge fdb add ${mac} dev up0`);
      assert.equal(status, 0, stderr);
      host.output.err = '';
    },
  },
};

/** The host's system, with the commands of steps counted (from 1), and one of them replaced. */
function replacing(system: System, number: number, failure: (argv: readonly string[]) => readonly string[]) {
  const commands: string[] = [];
  return {
    commands,
    system: {
      ...system,
      runWatched: async (argv: readonly string[]) =>
        system.run(commands.push(argv.join(' ')) === number ? failure(argv) : argv),
    } satisfies System,
  };
}

/** What two hosts have in common on which the same was done: the kernel makes up the address of a new bridge. */
const outline = ({ links, fdb, domain, vfMac }: HostState) => ({
  links: (links as readonly { readonly ifname: string }[]).map(({ ifname }) => ifname),
  entries: fdb.filter((entry) => entry.includes(mac)),
  domain,
  vfMac,
});

async function makeReadyHost(t: TestContext, { arrange }: Runbook): Promise<Host | null> {
  const host = makeHost(t);
  if (host !== null) await arrange?.(host);
  return host;
}

for (const [name, runbook] of Object.entries(runbooks)) {
  test(`${name}: each command fails, and the host is as it was before`, async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'failoverctl-vf-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const vfFile = join(directory, 'vf.xml');
    writeFileSync(vfFile, vfXml);
    const args = runbook.args(vfFile);
    const well = await makeReadyHost(t, runbook);
    if (well === null) return;
    const counted = replacing(well.system, 0, (argv) => argv);
    assert.equal(await main(args, counted.system), 0, well.output.err);
    const { commands } = counted;
    const after = outline(well.state());
    const gone = commands.findIndex((command) => command.includes(' migrate ')) + 1;
    assert.ok(commands.length >= 2, commands.join('\n'));

    for (const [index, command] of commands.entries()) {
      for (const [how, failure] of Object.entries(failures)) {
        await t.test(`${command.replace(/\S+\.xml/, 'FILE')} ${how}`, async (step) => {
          const host = await makeReadyHost(step, runbook);
          assert.ok(host !== null);
          const before = host.state();
          const failing = replacing(host.system, index + 1, failure);
          const status = await main(args, failing.system);
          const hadEffect = how === 'is killed after it acted';
          if (hadEffect) {
            assert.equal(status, 0, host.output.err);
            assert.match(host.output.err, /but its effect is there: continuing/);
            assert.deepEqual(outline(host.state()), after);
            return;
          }
          assert.equal(status, 3, host.output.err);
          assert.match(host.output.err, /FAILED: /);
          if (gone > 0 && index + 1 > gone) {
            assert.match(host.output.err, /left to do by hand/);
            assert.equal(host.state().domain.state, 'shut off');
            return;
          }
          assert.match(host.output.err, /all that was begun is undone\n$/);
          assert.deepEqual(host.state(), before);
        });
      }
    }
  });
}
