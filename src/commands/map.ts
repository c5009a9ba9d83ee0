/** `failoverctl map`: a picture of the guest: its links, who claims each by which line, phase by phase, and what is wrong. */
import { describeCoverage } from '../lint/coverage.ts';
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
import { lookAtTargets } from './look-at-targets.ts';
import { readColour } from './report-options.ts';

interface MapOptions {
  readonly format: string;
  readonly color: string;
  readonly root?: string;
  readonly snapshot?: string;
  readonly assume?: string;
  readonly target?: string;
}

export const mapFormats: readonly string[] = ['text', 'svg', 'html'];

export async function run(args: readonly string[], system: System): Promise<number> {
  const { options, operands } = parseArguments<MapOptions>(define(), args, system);
  const { format } = options;
  if (!mapFormats.includes(format))
    throw new CommandError(`--format: '${format}': expected text, svg or html`, exitStatus.usage);
  const colour = readColour(options, system);
  const { targets, coverage, hasTroubles } = await lookAtTargets(system, options, operands, {
    assumption: readAssumption(options.assume),
    ...(options.target === undefined ? {} : { target: readTarget('--target', options.target) }),
    command: 'failoverctl map',
  });
  const pictures = targets.map(({ view, guest }): NamedPicture => ({
    title: guest,
    picture: drawGuest(view, lintConfiguration(view)),
  }));
  const judged = printable(describeCoverage(coverage));
  if (format === 'svg') system.out((await import('../report/map-svg.ts')).renderMapSvg(pictures, judged));
  else if (format === 'html') system.out((await import('../report/map-html.ts')).renderMapHtml(pictures, judged));
  else {
    const paint = createPaint(colour);
    system.out(pictures.map(({ title, picture }) => renderMapText(picture, title, paint)).join('\n'));
    system.err(`failoverctl map: ${judged}\n`);
  }
  return hasTroubles ? exitStatus.failure : exitStatus.clean;
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
    .addHelpText(
      'after',
      `
A row is a link: the master, its standby, its VF, and above what stands on the master. A column is a phase of the guest's life: at
boot, while the VF is away, after it came back, when it is seen before its master has enslaved it, when it comes before its master.
A letter stands for who configures the link there; the list below says which manager, file and line. '!' and red: 'failoverctl lint'
finds something wrong there, and it stands below. Nothing is judged anew: 'failoverctl explain' and 'lint' say the same in words.

Exit status: 0; 2 wrong usage; 3 nothing to draw, or unreadable files.

Examples:
  failoverctl map
  failoverctl map --format html --root /mnt/image >map.html
  failoverctl map --format svg --snapshot guest.json >map.svg
`,
    );
}
