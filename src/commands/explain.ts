/** `failoverctl explain LINK`: who would configure a link, in each phase of the guest's life, and why. */
import { describeCoverage } from '../lint/coverage.ts';
import type { LintView } from '../lint/rule.ts';
import type { Claim, Decision } from '../managers/claim.ts';
import { printable } from '../report/table.ts';
import { renderAnswers, renderDetails, type Explanation } from './explanation.ts';
import { positionAt, type Place } from '../text/source.ts';
import type { System } from '../system/system.ts';
import { defineCommand, parseArguments, rootOption, snapshotOption } from './arguments.ts';
import { CommandError, exitStatus } from './command.ts';
import { assumeOption, readAssumption } from './choose-guest.ts';
import { lookAtTargets, openNamed } from './look-at-targets.ts';

interface ExplainOptions {
  readonly json?: true;
  readonly all?: true;
  readonly verbose?: true;
  readonly root?: string;
  readonly snapshot?: string;
  readonly assume?: string;
}

export async function run(args: readonly string[], system: System): Promise<number> {
  const { options, operands } = parseArguments<ExplainOptions>(define(), args, system);
  const [name, ...paths] = operands;
  if (name === undefined) throw new CommandError("expected a link's name, or a role", exitStatus.usage);
  const { targets, coverage, hasTroubles } = await lookAtTargets(system, openNamed(system, options), paths, {
    assumption: readAssumption(options.assume),
    command: 'failoverctl explain',
    asked: [name],
  });
  const explained = targets.flatMap(({ view, guest }) => explainLink(view, name, guest));
  if (explained.length === 0) {
    const phases = targets.flatMap(({ view }) => view.guest.phases);
    const links = new Set(phases.flatMap((phase) => phase.links.map((link) => link.name)));
    throw new CommandError(`no link '${printable(name)}': expected one of ${[...links].join(', ')}`);
  }
  system.out(options.json === true ? renderJson(explained) : renderAnswers(explained));
  if (options.json !== true && (options.verbose === true || options.all === true))
    system.out(`\n${renderDetails(explained, options.all === true)}`);
  system.err(`failoverctl explain: ${printable(describeCoverage(coverage))}\n`);
  return hasTroubles ? exitStatus.failure : exitStatus.clean;
}

export function define() {
  return defineCommand('explain', 'Says which file and line configures a link, what loses to it, and why.')
    .argument('<link>', "the link's name, or a role: master, standby, primary")
    .argument('[path...]', "files or directories to look at; none: this system's configuration")
    .option('--json', 'print JSON, version 1')
    .option('-v, --verbose', 'say what each manager would do in detail, udev too, and what loses')
    .option('--all', 'the same, with what does not match and the properties that every link gets')
    .option(...rootOption)
    .option(...snapshotOption)
    .option(...assumeOption)
    .addHelpText(
      'after',
      `
First the answer: who configures the link, by which file and line, and why, in each phase of the guest's life: at boot, while
the VF is away, after it came back on another slot, when it is seen before its master has enslaved it, and when it comes
before its master. With --verbose, for each network manager: what it does to the link, and the claims that would take it and lose.

Exit status: 0; 2 wrong usage; 3 no such link, or unreadable files.

Examples:
  failoverctl explain enp2s0
  failoverctl explain primary --assume triple --root /mnt/image
`,
    );
}

/** `name`: a link's in any phase, or a role; a link that comes back under another name is the same link. */
export function explainLink(
  { guest, decisions }: LintView,
  name: string,
  guestName: string | null = null,
): readonly Explanation[] {
  const known = guest.phases.flatMap(({ links }) => links).find((link) => link.name === name || link.role === name);
  if (known === undefined) return [];
  const slot = (role: string) => (role === 'pending' ? 'primary' : role);
  const isSame = (link: Decision['link']) =>
    link.name === known.name ||
    (known.group !== null && link.group === known.group && slot(link.role) === slot(known.role));
  const named = guestName === null ? {} : { guest: guestName };
  const groups = new Map<string, { decision: Decision; phases: string[]; titles: string[]; guest?: string }>();
  for (const decision of decisions.filter(({ link }) => isSame(link))) {
    const { manager, link, phase, winners, losers } = decision;
    const claims = [...winners.map((claim) => `+${keyOf(claim)}`), ...losers.map(({ claim }) => `-${keyOf(claim)}`)];
    const key = [manager, link.name, ...claims].join('\0');
    const group = groups.get(key) ?? { decision, phases: [], titles: [], ...named };
    group.phases.push(phase.name);
    group.titles.push(phase.title);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function keyOf({ place, verdict, effects }: Claim): string {
  return `${place.source.path}:${place.span.start}:${verdict}:${effects.map(({ kind, detail }) => `${kind}=${detail ?? ''}`).join()}`;
}

function renderJson(explained: readonly Explanation[]): string {
  const claimOf = (claim: Claim) => ({
    ...locate(claim.place),
    verdict: claim.verdict,
    reason: claim.reason,
    loweredTo: claim.loweredTo ?? null,
    keys: claim.keys.map(({ on, value, verdict, place }) => ({ on, value, verdict, ...locate(place) })),
    effects: claim.effects.map(({ kind, detail, place }) => ({ kind, detail: detail ?? null, ...locate(place) })),
  });
  const decisions = explained.map(({ decision: { manager, link, winners, losers, passed }, phases, guest }) => ({
    ...(guest === undefined ? {} : { guest }),
    link: link.name,
    role: link.role,
    phases,
    manager,
    winners: winners.map(claimOf),
    losers: losers.map(({ claim, why }) => ({ ...claimOf(claim), why })),
    passed: passed.map(claimOf),
  }));
  return `${JSON.stringify({ version: 1, decisions }, null, 2)}\n`;
}

function locate({ source, span }: Place) {
  return { file: source.path, line: positionAt(source, span.start).line };
}
