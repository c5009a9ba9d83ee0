/** `failoverctl host lint-domain`: what would go wrong with the failover NICs of a libvirt domain. */
import { readGuestView } from '../hypervisor/guest-view.ts';
import { readHostView } from '../hypervisor/host-view.ts';
import { connectLibvirt } from '../hypervisor/libvirt.ts';
import { describeUnpaired, findUnpaired, lintDomain, lintRules } from '../hypervisor/lint-domain.ts';
import { noHost, type GuestView, type HostView } from '../hypervisor/rules/rule.ts';
import { isFailure, type System } from '../system/system.ts';
import type { Source } from '../text/source.ts';
import { gatherProblems } from './argument-problems.ts';
import { defineCommand, parseArguments } from './arguments.ts';
import { CommandError, explainFailure } from './command.ts';
import { openGuest } from './guest.ts';
import { loadLinterConfig } from './lint-config.ts';
import { configureFindings } from '../lint/configured-findings.ts';
import { readXmlFile } from './xml-file.ts';
import { mendAndReport, readReporting, type Linted } from './report-findings.ts';
import { addReportOptions, readChoice, type ReportOptions } from './report-options.ts';

interface LintDomainOptions extends ReportOptions {
  readonly connect?: string;
  readonly host?: true;
  readonly guest?: string;
  readonly stdinFilename?: string;
}

export async function run(args: readonly string[], system: System): Promise<number> {
  const { options, operands } = parseArguments<LintDomainOptions>(define(), args, system);
  const fromStdin = operands.includes('-');
  const problems = gatherProblems();
  const reporting = problems.check(() => readReporting(options, system));
  const choice = problems.check(() => readChoice(options, lintRules));
  problems.demand(!fromStdin || operands.length === 1, "'-' stands alone: expected no other file");
  problems.demand(options.stdinFilename === undefined || fromStdin, "--stdin-filename goes with '-'");
  problems.demand(options.connect === undefined || options.host === true, '--connect goes with --host');
  problems.end();
  // end() has returned: there was no problem with either.
  if (reporting === null || choice === null) throw new TypeError('no reporting or no choice');
  const config = await loadLinterConfig(options, system);
  const host: HostView = {
    ...(options.host === true ? readHostView(system, connectLibvirt(system, options.connect ?? null)) : noHost),
    guest: options.guest === undefined ? null : openGuestView(options.guest, system),
  };
  const paths = [...new Set(operands)];
  const stdin = fromStdin ? readXmlFile('-', system) : null;
  const look = (text: string): Linted => {
    const opened = fromStdin
      ? [{ path: options.stdinFilename ?? '<stdin>', text }]
      : paths.map((path) => openSource(path, system));
    const sources = opened.filter((one) => typeof one !== 'string');
    const results = sources.map((source) => lintDomain(source, host, choice));
    const found = results.flatMap((result) => (typeof result === 'string' ? [] : result));
    const configured = config === null ? null : { file: config.path, ...configureFindings(found, config) };
    const unpaired = sources.flatMap((source) => findUnpaired(source) ?? []);
    return {
      findings: configured?.findings ?? found,
      ...(configured === null ? {} : { configuration: { file: configured.file, leftOut: configured.leftOut } }),
      fileCount: sources.length,
      troubles: [...opened, ...results].filter((one) => typeof one === 'string'),
      notes: unpaired.map(describeUnpaired),
      unpaired,
    };
  };
  const lintRun = { command: 'host lint-domain', rules: lintRules, tree: system, stdin, look };
  return mendAndReport(lintRun, reporting, system);
}

/** A string says why it cannot be read: the other files are linted all the same. */
function openSource(path: string, system: System): Source | string {
  try {
    return { path, text: readXmlFile(path, system) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return error.message;
  }
}

function openGuestView(file: string, system: System): GuestView {
  const view = readGuestView(openGuest(system, { snapshot: file }).tree);
  if (isFailure(view)) throw new CommandError(`--guest: ${explainFailure(view)}`);
  return view;
}

export function define() {
  return addReportOptions(
    defineCommand(
      'host lint-domain',
      'Reports what would go wrong with the failover NICs of a libvirt domain, and fixes it.',
    )
      .argument('<file...>', "domain XML, as 'virsh dumpxml' prints it; '-' is standard input")
      .option('--stdin-filename <name>', 'what to call standard input')
      .option(
        '--host',
        "the domain is for this host: check its VFs, libvirt's networks, and the versions of libvirt and QEMU too",
      )
      .option(
        '--guest <snapshot>',
        "the guest inside, as 'failoverctl snapshot' wrote it: check what stands on its master too",
      )
      .option('-c, --connect <uri>', "with --host: libvirt's connection; virsh's own default without it"),
  ).addHelpText(
    'after',
    `
libvirt accepts most of what is reported: an alias that it drops, a VF that points at nothing, two MACs. The guest then
starts without failover, or not at all. 'failoverctl rule FO502' explains a rule; those for domains are FO5xx.

A <domainsnapshot> or a save file's XML may stand around the domain. While the XML is not well-formed, only that is
reported. Entities that a document type declares are not expanded, and nothing but the named files is read. A file larger
than 10 MiB is refused, as virsh does.

A comment suppresses findings; it needs a reason:
  <!-- failoverctl: ignore FO511 the bridge has no other port -->
It applies to the element that follows, with all its content; before <domain>, to the file. libvirt keeps no comments:
this is for the files that domains are defined from.

The rules of failoverctl.yaml count here too; see 'failoverctl lint --help'.

With --fix or --unsafe-fixes on standard input, the fixed text goes to standard output. Fixes change only the words that
are wrong.

A domain without a failover pair is named on standard error, and in JSON under 'unpaired'.

Exit status: 0 nothing found; 1 findings at or above --fail-on (with --diff: something would change); 2 wrong usage;
3 a file cannot be read, or holds no domain.

Examples:
  failoverctl host lint-domain vm-01.xml
  virsh dumpxml --inactive vm-01 | failoverctl host lint-domain --host -
  failoverctl host lint-domain --format sarif domains/*.xml > lint.sarif
  failoverctl host lint-domain --fix - < vm-01.xml > fixed.xml
  failoverctl host lint-domain --host --guest guest.snapshot vm-01.xml
`,
  );
}
