/** `failoverctl map`: a picture of the guest: its links, who claims each by which line, phase by phase, and what is wrong. */
import { describeCoverage, joinCoverage } from '../lint/coverage.ts';
import { drawGuest } from '../lint/guest-picture.ts';
import { lintConfiguration } from '../lint/lint.ts';
import { createPaint } from '../report/frame.ts';
import type { NamedPicture } from '../report/map-words.ts';
import { renderMapText } from '../report/map-text.ts';
import { printable } from '../report/table.ts';
import type { System } from '../system/system.ts';
import { defineCommand, parseArguments, rootOption, snapshotOption } from './arguments.ts';
import { assumeOption, readAssumption, readTarget, targetOption } from './choose-guest.ts';
import { CommandError, exitStatus } from './command.ts';
import { openBefore } from './lint-against.ts';
import { lookAtTargets, openNamed, type NamedTree } from './look-at-targets.ts';
import { readColour } from './report-options.ts';

interface MapOptions {
  readonly format: string;
  readonly color: string;
  readonly root?: string;
  readonly snapshot?: string;
  readonly assume?: string;
  readonly target?: string;
  readonly diffTargets?: string;
  readonly against?: string;
  readonly afterInstall?: true;
}

export const mapFormats: readonly string[] = ['text', 'svg', 'html'];

/** What is drawn; two of them are drawn side by side. */
interface Side {
  /** Null: the only one. */
  readonly title: string | null;
  readonly tree: NamedTree;
  readonly paths: readonly string[];
  readonly target: string | undefined;
}

export async function run(args: readonly string[], system: System): Promise<number> {
  const { options, operands } = parseArguments<MapOptions>(define(), args, system);
  const { format } = options;
  if (!mapFormats.includes(format))
    throw new CommandError(`--format: '${format}': expected text, svg or html`, exitStatus.usage);
  const colour = readColour(options, system);
  const assumption = readAssumption(options.assume);
  const seen = [];
  for (const { title, tree, paths, target } of await chooseSides(options, operands, system)) {
    const looked = await lookAtTargets(system, tree, paths, {
      assumption,
      ...(target === undefined ? {} : { target: readTarget('--target', target) }),
      command: 'failoverctl map',
    });
    const pictures = looked.targets.map(({ view, guest }): NamedPicture => ({
      title: [title ?? [], guest ?? []].flat().join(': ') || null,
      picture: drawGuest(view, lintConfiguration(view)),
    }));
    seen.push({ ...looked, pictures });
  }
  const pictures = seen.flatMap((one) => one.pictures);
  const judged = printable(describeCoverage(joinCoverage(seen.map(({ coverage }) => coverage))));
  const beside = seen.length > 1;
  if (format === 'svg') system.out((await import('../report/map-svg.ts')).renderMapSvg(pictures, judged, beside));
  else if (format === 'html')
    system.out((await import('../report/map-html.ts')).renderMapHtml(pictures, judged, { beside }));
  else {
    const paint = createPaint(colour);
    system.out(pictures.map(({ title, picture }) => renderMapText(picture, title, paint)).join('\n'));
    system.err(`failoverctl map: ${judged}\n`);
  }
  return seen.some(({ hasTroubles }) => hasTroubles) ? exitStatus.failure : exitStatus.clean;
}

async function chooseSides(options: MapOptions, operands: readonly string[], system: System): Promise<readonly Side[]> {
  const { root, snapshot, assume, target, diffTargets, against, afterInstall } = options;
  const pairs = Object.entries({ '--diff-targets': diffTargets, '--against': against, '--after-install': afterInstall })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (pairs.length > 1) throw usage(`${pairs.join(' and ')} differ: give one of them`);
  const tree = openNamed(system, options);
  const now: Side = { title: null, tree, paths: operands, target };
  if (diffTargets !== undefined) {
    const names = diffTargets.split(',');
    if (names.length !== 2) throw usage('--diff-targets: expected two releases like debian12,debian13');
    if (target !== undefined) throw usage('--diff-targets: expected no --target beside it');
    return names.map((name) => ({ title: name, tree, paths: operands, target: name }));
  }
  if (against !== undefined) {
    const { paths, ...before } = openBefore(against, operands, root, system);
    if (paths?.length === 0) throw new CommandError(`--against: '${against}' holds none of the paths`);
    return [
      { ...now, title: `before: ${against}`, tree: before, paths: paths ?? [] },
      { ...now, title: 'now' },
    ];
  }
  if (afterInstall !== true) return [now];
  if (operands.length > 0) throw usage('--after-install: expected no paths, but a system, --root or --snapshot');
  const { openInstalled } = await import('./install.ts');
  const place = [
    ...(root === undefined ? [] : ['--root', root]),
    ...(snapshot === undefined ? [] : ['--snapshot', snapshot]),
    ...(assume === undefined || root !== undefined ? [] : ['--generic']),
  ];
  const after = { ...(await openInstalled(place, system)), name: tree.name };
  return [
    { ...now, title: 'before install' },
    { ...now, title: 'after install', tree: after },
  ];
}

function usage(message: string): CommandError {
  return new CommandError(message, exitStatus.usage);
}

export function define() {
  return defineCommand(
    'map',
    'Draws the guest: its links, who claims each by which line, phase by phase, and what is wrong.',
  )
    .argument('[path...]', "files or directories to look at; none: this system's configuration")
    .option('--format <format>', 'text, svg or html: one file without scripts, for browsers and printers', 'text')
    .option('--color <when>', 'auto, always or never', 'auto')
    .option(...rootOption)
    .option(...snapshotOption)
    .option(...assumeOption)
    .option(...targetOption)
    .option('--diff-targets <a,b>', 'two pictures: for two releases')
    .option('--against <old>', 'two pictures: of OLD, a folder, a snapshot or a revision of git, and of now')
    .option('--after-install', "two pictures: of now, and as 'failoverctl install' would leave it")
    .addHelpText(
      'after',
      `
A row is a link: the master, its standby, its VF, and above what stands on the master. A column is a phase of the guest's life: at
boot, while the VF is away, after it came back, when it is seen before its master has enslaved it, when it comes before its master.
A letter stands for who configures the link there; the list below says which manager, file and line. '!' and red: 'failoverctl lint'
finds something wrong there, and it stands below. Nothing is judged anew: 'failoverctl explain' and 'lint' say the same in words.
How the links are at this moment, 'failoverctl status --format html' draws.

Two pictures stand side by side in SVG and HTML, and one below the other in text.

Exit status: 0; 2 wrong usage; 3 nothing to draw, or unreadable files.

Examples:
  failoverctl map
  failoverctl map --format html --root /mnt/image >map.html
  failoverctl map --format svg --snapshot guest.json >map.svg
  failoverctl map --format html --after-install >plan.html
  failoverctl map --root image --against origin/main
`,
    );
}
