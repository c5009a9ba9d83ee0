/**
 * udev's own reading of random rules and .link files against ours: which properties and names a link gets, which .link
 * file takes it, and which lines udev refuses. FAILOVERCTL_RUNS sets the number of configurations of each kind (20),
 * FC_SEED repeats a run.
 */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import { describeDevice } from '../../../src/managers/udev/device.ts';
import { assignedProperties, evaluateRules } from '../../../src/managers/udev/evaluate.ts';
import { collectRules } from '../../../src/managers/udev/predict.ts';
import { judgeUdev } from '../../../src/managers/udev/udev.ts';
import { askDaemons, bullseye, missingDaemons, sid, systems } from '../namespace.ts';
import { configFile } from '../config-file.ts';
import { linkConfiguration, rulesConfiguration } from './random.ts';

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
const runs = Number(process.env['FAILOVERCTL_RUNS'] ?? 20);

function canAsk(t: TestContext, root: string): boolean {
  const missing = missingDaemons(root);
  if (missing === null) return true;
  if (process.env['CI'] === 'true') assert.fail(missing);
  t.skip(missing);
  return false;
}

class Tally {
  agreed = 0;
  maybe = 0;
  readonly disagreements: string[] = [];

  add(agrees: boolean, describe: () => string): void {
    if (agrees) this.agreed += 1;
    else this.disagreements.push(describe());
  }

  report(t: TestContext, what: string): void {
    const claimed = this.agreed + this.disagreements.length;
    const share = ((100 * this.agreed) / Math.max(1, claimed)).toFixed(2);
    t.diagnostic(
      `seed ${seed}: ${what}: ${this.agreed} of ${claimed} agree with udev (${share} %), ${this.maybe} maybe`,
    );
    assert.deepEqual(this.disagreements.slice(0, 5), []);
    assert.ok(claimed > runs, 'something was compared');
    // Some of the random rules ask on purpose for attributes that nobody knows: more than the 5 % of real ones.
    assert.ok(this.maybe <= 0.05 * (claimed + this.maybe), `${this.maybe} of ${claimed + this.maybe} are maybe`);
  }
}

const listing = (files: readonly ConfigFile[]) =>
  files.map(({ path, source }) => `\n== ${path}\n${source.text}`).join('');

/** Properties of the event itself, which no rule sets. */
const ofTheEvent =
  /^(?:DEVPATH|INTERFACE|IFINDEX|ACTION|SUBSYSTEM|DEVTYPE|ID_RENAMING|INTERFACE_OLD|USEC_INITIALIZED|TAGS|CURRENT_TAGS)$/;

const systemName = (root: string) => (root === '' ? '' : ' on Debian 13');

for (const root of systems)
  test(`rules give the properties and the name that udev says${systemName(root)}`, (t) => {
    if (!canAsk(t, root)) return;
    const samples = fc.sample(rulesConfiguration, { seed, numRuns: runs });
    const { guest, answers } = askDaemons(
      samples.map(({ files, action }) => ({ ask: 'rules', files, action })),
      root,
    );
    const [phase] = guest.phases;
    assert.ok(phase !== undefined);
    const properties = new Tally();
    const names = new Tally();
    const complaints = new Tally();
    samples.forEach(({ files, action }, index) => {
      const { files: rules } = collectRules(files, guest.host.systemdVersion);
      const assigned = [...assignedProperties(rules), 'net.ifnames', 'quiet'];
      for (const link of phase.links) {
        const log = answers[index]?.get(link.name) ?? '';
        const theirs = new Map(
          [...log.matchAll(/^ *([.\w]+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value] as const),
        );
        const outcome = evaluateRules(rules, describeDevice(guest, phase, { ...link, properties: new Map() }, action));
        const where = () => `${link.name} at ${action}: ${listing(files)}`;
        for (const key of new Set(assigned.filter((one) => !ofTheEvent.test(one)))) {
          const ours = outcome.properties.get(key);
          if (outcome.properties.has(key) && ours === undefined) properties.maybe += 1;
          else
            properties.add(
              (ours ?? '') === (theirs.get(key) ?? ''),
              () => `${key}: udev ${theirs.get(key)}, we ${ours}; ${where()}`,
            );
        }
        const name = [...log.matchAll(/ NAME '(.*)'$/gm)].at(-1)?.[1] ?? null;
        if (outcome.name === undefined) names.maybe += 1;
        else names.add(outcome.name === name, () => `NAME: udev ${name}, we ${outcome.name}; ${where()}`);
      }
      const [first] = phase.links;
      const log = answers[index]?.get(first?.name ?? '') ?? '';
      const told = [...log.matchAll(/^(\/\S+\.rules):(\d+):? (.*)$/gm)]
        .filter(
          ([, , , text = '']) =>
            !/assuming '='|effect any more|Invalid value for OPTIONS|multiple (?:GOTO|LABEL)/.test(text),
        )
        .map(([, path = '', line = '']) => `${path}:${line}`);
      const ours = rules.flatMap(({ source, faults }) =>
        faults
          // what only `udevadm verify` asks is in rule-keys.test.ts
          .filter(({ message, ignores }) => ignores === 'line' || message.startsWith('GOTO="'))
          .map(({ line }) => `${source.path}:${line}`),
      );
      for (const place of new Set([...told, ...ours]))
        complaints.add(
          told.includes(place) && ours.includes(place),
          () =>
            `${place}: ${told.includes(place) ? `only udev: ${log.split('\n').find((line) => line.startsWith(place))}` : 'only we'}${listing(files)}`,
        );
    });
    properties.report(t, 'properties');
    names.report(t, 'names');
    t.diagnostic(`${complaints.agreed} of ${complaints.agreed + complaints.disagreements.length} refused lines agree`);
    assert.deepEqual(complaints.disagreements.slice(0, 5), []);
  });

const allSystems = [...systems, ...[bullseye, sid].filter((root) => missingDaemons(root) === null)];
for (const root of allSystems)
  test(`a tag that was taken away is matched as udev matches it${root === '' ? '' : ` in ${basename(root)}`}`, (t) => {
    if (!canAsk(t, root)) return;
    const rules = (text: string) => [configFile('/etc/udev/rules.d/10-a.rules', text)];
    const questions = [
      rules('TAG+="t", TAG+="u"\nTAG-="t"\nTAG=="t", ENV{D}="t"\nTAG=="u", ENV{A}="u"\n'),
      rules('TAG+="t"\nTAG="u"\nTAG=="t", ENV{D}="t"\nTAG=="u", ENV{A}="u"\n'),
    ];
    const { guest, answers } = askDaemons(
      questions.map((files) => ({ ask: 'rules', files, action: 'change' })),
      root,
    );
    const [phase] = guest.phases;
    assert.ok(phase !== undefined && answers.length === questions.length);
    questions.forEach((files, index) => {
      for (const link of phase.links) {
        const log = answers[index]?.get(link.name) ?? '';
        const { files: read } = collectRules(files, guest.host.systemdVersion);
        const { properties } = evaluateRules(read, describeDevice(guest, phase, link, 'change'));
        for (const key of ['D', 'A']) {
          const theirs = new RegExp(`^ *${key}=(.*)$`, 'm').exec(log)?.[1];
          assert.equal(properties.get(key), theirs, `${key} of ${link.name}`);
        }
      }
    });
  });

for (const root of systems)
  test(`takes the .link file that udev takes, with the name it gives${systemName(root)}`, (t) => {
    if (!canAsk(t, root)) return;
    // Since 255 the driver is ID_NET_DRIVER, which another builtin sets: asked alone, net_setup_link knows none.
    const knowsDriver = (files: readonly ConfigFile[]) => root === '' || !listing(files).includes('Driver=');
    const samples = fc.sample(linkConfiguration.filter(knowsDriver), { seed, numRuns: runs });
    const { guest, answers } = askDaemons(
      samples.map((files) => ({ ask: 'net_setup_link', files })),
      root,
    );
    const choices = new Tally();
    samples.forEach((files, index) => {
      const { decisions } = judgeUdev(files, guest);
      for (const { link, winners } of decisions) {
        if (link.name === 'lo') continue; // never asked: link_get_config() refuses loopback links
        const log = answers[index]?.get(link.name) ?? '';
        const theirs = /^ID_NET_LINK_FILE=(.*)$/m.exec(log)?.[1] ?? null;
        const [winner] = winners;
        if (winner?.verdict === 'maybe') {
          choices.maybe += 1;
          continue;
        }
        const path = winner?.place.source.path ?? null;
        const inDropIn = /\/([^/]+)\.d\/[^/]+$/.exec(path ?? '')?.[1];
        const agrees = inDropIn === undefined ? path === theirs : theirs?.endsWith(`/${inDropIn}`) === true;
        choices.add(agrees, () => `${link.name}: udev ${theirs}, we ${path}${listing(files)}`);
        const name = /^ID_NET_NAME=(.*)$/m.exec(log)?.[1] ?? link.name;
        const renamed = winner?.effects.find(({ kind }) => kind === 'rename')?.detail ?? link.name;
        choices.add(renamed === name, () => `${link.name}: udev names it ${name}, we ${renamed}${listing(files)}`);
      }
    });
    choices.report(t, '.link files');
  });
