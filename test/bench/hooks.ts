/** What udev rules cost in a guest: see test/lab/hook-cost.ts. */
import { chooseAccelerator } from '../lab/accelerator.ts';
import { undoAll } from '../lab/cleanup.ts';
import { startGuest } from '../lab/guest.ts';
import { costlyGuest, links, measureHooks, type HookCost, type RuleSet } from '../lab/hook-cost.ts';
import { provideImage } from '../lab/image.ts';
import { releases } from '../lab/releases.ts';
import { formatMarkdown, milliseconds, ratio } from './measure.ts';

const sets: readonly RuleSet[] = ['none', 'failoverctl', 'azure style', 'cloud helper'];

/** Three rounds of seven events for each kind of link and set of rules; needs root, and the lab's guest. */
export async function compareHooks(): Promise<string> {
  const [release] = releases;
  if (release === undefined) throw new Error('the lab has no release');
  const image = await provideImage(release, (line) => process.stderr.write(`${line}\n`));
  const accelerator = await chooseAccelerator(image);
  try {
    const guest = await startGuest({ image, accelerator, ...costlyGuest });
    const costs = await measureHooks(guest, 3, 7);
    await guest.stop();
    const rows = Object.entries(links).map(([link, title]) => rowOf(title, (rules) => find(costs, rules, link)));
    const header = [
      'uevent to udev',
      'ms without rules',
      ...sets.slice(1).map((rules) => `× with ${rules} (processes more)`),
    ];
    return `${formatMarkdown(header, rows)}\n\nIn a guest of the lab (${release.codename}, ${accelerator}); medians of ${costs[0]?.times.length ?? 0} events.`;
  } finally {
    await undoAll();
  }
}

function find(costs: readonly HookCost[], rules: RuleSet, link: string): HookCost {
  const cost = costs.find((one) => one.link === link && one.rules === rules);
  if (cost === undefined) throw new Error(`nothing was measured of ${link} with ${rules}`);
  return cost;
}

function rowOf(title: string, costOf: (rules: RuleSet) => HookCost): readonly string[] {
  const base = costOf('none');
  const cells = sets.slice(1).map((rules) => {
    const cost = costOf(rules);
    return `${ratio(median(cost), median(base))} (+${cost.processes - base.processes})`;
  });
  return [title, milliseconds(median(base) / 1000)].concat(cells);
}

function median({ times }: HookCost): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}
