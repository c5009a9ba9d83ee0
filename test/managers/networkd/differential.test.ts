/**
 * networkd's own choice of file, and its own complaints, against ours. FAILOVERCTL_RUNS sets the number of random
 * configurations (60 by default; thousands take minutes), FC_SEED repeats a run.
 */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { ConfigFile, Judgement } from '../../../src/managers/claim.ts';
import { judgeNetworkd } from '../../../src/managers/networkd/networkd.ts';
import { complaintLines, problemLines } from './complaints.ts';
import { sid, systems } from '../namespace.ts';
import { askNetworkd, missingDaemon, type Answer } from './daemon.ts';
import { configuration } from './random.ts';

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
const runs = Number(process.env['FAILOVERCTL_RUNS'] ?? 60);

function canAsk(t: TestContext, root: string): boolean {
  const missing = missingDaemon(root);
  if (missing === null) return true;
  if (process.env['CI'] === 'true' && root !== sid) assert.fail(missing);
  t.skip(missing);
  return false;
}

interface Tally {
  agreed: number;
  /** Of those, where networkd chose a file at all. */
  chosen: number;
  maybe: number;
  readonly disagreements: string[];
}

for (const root of [...systems, sid])
  test(`chooses the file for each link that networkd chooses${root === '' ? '' : ` of ${basename(root)}`}`, (t) => {
    if (!canAsk(t, root)) return;
    const configurations = fc.sample(configuration, { seed, numRuns: runs });
    const { guest, answers } = askNetworkd(configurations, root);
    const tally: Tally = { agreed: 0, chosen: 0, maybe: 0, disagreements: [] };
    const messages: Tally = { agreed: 0, chosen: 0, maybe: 0, disagreements: [] };
    configurations.forEach((files, index) => {
      const answer = answers[index];
      assert.ok(answer !== undefined);
      const judgement = judgeNetworkd(files, guest);
      compareChoices(files, judgement, answer, tally);
      compareMessages(files, judgement, answer, messages);
    });
    report(t, 'choices', tally);
    t.diagnostic(`${tally.chosen} of the choices are of a file`);
    assert.ok(tally.chosen > runs, 'the configurations match links');
    report(t, 'complaints', messages);
  });

function report(t: TestContext, what: string, { agreed, maybe, disagreements }: Tally): void {
  const claimed = agreed + disagreements.length;
  const share = ((100 * agreed) / Math.max(1, claimed)).toFixed(2);
  t.diagnostic(`seed ${seed}: ${what}: ${agreed} of ${claimed} agree with networkd (${share} %), ${maybe} maybe`);
  assert.deepEqual(disagreements.slice(0, 5), []);
  assert.ok(claimed > 0, 'something was compared');
  assert.ok(maybe <= 0.05 * (claimed + maybe), `${maybe} of ${claimed + maybe} are maybe`);
}

function compareChoices(files: readonly ConfigFile[], judgement: Judgement, answer: Answer, tally: Tally): void {
  for (const { link, winners, losers } of judgement.decisions) {
    const chosen = answer.choices.get(link.name) ?? null;
    const foreign = losers.find(({ why }) => why.includes('ID_NET_MANAGED_BY'));
    const [winner] = winners;
    const own = mainOf(files, winner?.place.source.path ?? null);
    if (winner?.verdict === 'maybe') tally.maybe += 1;
    else if (own === chosen || (foreign !== undefined && chosen === null)) {
      tally.agreed += 1;
      if (chosen !== null) tally.chosen += 1;
    } else {
      const listing = files.map(({ path, source, linkTarget }) => `== ${path} ${linkTarget ?? ''}\n${source.text}`);
      tally.disagreements.push(`${link.name}: networkd ${chosen}, we ${own}\n${listing.join('\n')}`);
    }
  }
}

/** A claim stands where [Match] does, which may be in a drop-in; networkd names the main file. */
function mainOf(files: readonly ConfigFile[], path: string | null): string | null {
  const inDropIn = path === null ? null : /\/([^/]+\.network)\.d\/[^/]+$/.exec(path);
  if (inDropIn === null) return path;
  const named = files.filter((file) => file.path.endsWith(`/systemd/network/${inDropIn[1]}`)).map((file) => file.path);
  const order = ['/etc', '/run', '/usr/local/lib', '/usr/lib'];
  const rank = (one: string) => order.findIndex((root) => one.startsWith(`${root}/systemd`));
  return named.sort((a, b) => rank(a) - rank(b))[0] ?? null;
}

/** Lines that networkd complains about, against lines that have a problem of ours. */
function compareMessages(files: readonly ConfigFile[], judgement: Judgement, answer: Answer, tally: Tally): void {
  for (const file of files) {
    if (isUnread(judgement, file.path)) continue;
    const theirs = complaintLines(file, answer.messages);
    const ours = problemLines(file, judgement);
    for (const line of new Set([...theirs, ...ours]))
      if (theirs.has(line) && ours.has(line)) tally.agreed += 1;
      else
        tally.disagreements.push(
          `${file.path}:${line}: only ${ours.has(line) ? 'we' : 'networkd'}\n${file.source.text}`,
        );
  }
}

/**
 * A file that is shadowed or masked is not read by the daemon, nor are the drop-ins of one that it gives up on, while
 * their faults are still ours to tell.
 */
function isUnread({ unread }: Judgement, path: string): boolean {
  return unread.some(({ file, why }) => file.path === path && !why.startsWith(`${path} cannot be parsed`));
}
