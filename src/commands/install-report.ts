/** What `install` and `uninstall` share: the tree they work on, and what they print. */
import { diffStates } from '../inventory/file-state.ts';
import { lockPath, takeLock } from '../install/lock.ts';
import { manifestPath, readManifest, type Manifest } from '../inventory/manifest.ts';
import { printStep } from '../install/step.ts';
import { formatTable, printable, visibleControls } from '../report/table.ts';
import { isFailure, type System } from '../system/system.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';
import { systemAt } from './guest.ts';
import { watchingSystem } from '../system/watching.ts';
import type { ApplyFailure } from '../install/apply.ts';
import type { HealPlan } from '../install/heal.ts';
import type { LiveOutcome } from '../install/live.ts';
import type { ManagerUses } from '../inventory/managers-in-use.ts';
import type { ManagerName } from '../managers/claim.ts';
import type { WantedFiles } from '../install/wanted.ts';
import type { MasterConfig } from '../managers/master-config.ts';
import type { Change, Plan } from '../install/plan.ts';
import type { TreeOptions } from './install-options.ts';

/** The machine, or the image that `--root` names: it must look like one. */
export function openTree(system: System, root: string | undefined): System {
  const tree = systemAt(system, root);
  const status = tree.stat('/etc');
  if (isFailure(status) && status.errno !== 'ENOENT' && status.errno !== 'ENOTDIR') {
    throw new CommandError(`cannot read ${explainFailure(status)}`);
  }
  if (!isFailure(status) && status.kind === 'directory') return tree;
  if (root === undefined) throw new CommandError('this machine has no /etc');
  throw new CommandError(`--root: '${printable(root)}' is no root of a system: it has no directory etc`);
}

/** What `work` makes of a tree, once it is known that it has seen all that it looked at. */
export function decideBySight<Decision>(tree: System, work: (system: System) => Decision): Decision {
  const watched = watchingSystem(tree);
  let decision: { readonly made: Decision } | { readonly error: unknown };
  try {
    decision = { made: work(watched.system) };
  } catch (error) {
    decision = { error };
  }
  const [first, ...others] = watched.failures;
  if (first !== undefined) {
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    throw new CommandError(`cannot read ${explainFailure(first)}${more}; nothing has been changed`);
  }
  if ('error' in decision) throw decision.error;
  return decision.made;
}

/** Configuration that is not root's own would be a hole, in an image too. */
export function requireRoot(system: System, root: string | undefined): void {
  if (system.uid() === 0) return;
  const image = root === undefined ? '' : ', since the files of an image are to be owned by root';
  throw new CommandError(`this needs root${image}; --dry-run does not`);
}

/** Changes a tree once no other run does. */
export function inTurn<Result>(system: System, tree: System, command: string, work: () => Result): Result {
  const lock = takeLock(system, tree, (who) =>
    system.err(`failoverctl ${command}: waiting for ${who}, which is installing or uninstalling\n`),
  );
  if (typeof lock === 'string') {
    throw new CommandError(`${lock} is still installing or uninstalling (${lockPath}); nothing has been changed`);
  }
  if (isFailure(lock)) throw new CommandError(`cannot write ${explainFailure(lock)}; nothing has been changed`);
  try {
    return work();
  } finally {
    lock.release();
  }
}

export function readInstalled(tree: System): Manifest | null {
  const manifest = readManifest(tree);
  if (typeof manifest === 'string') {
    throw new CommandError(`'${manifestPath}' is damaged: ${manifest}; nothing has been changed`);
  }
  if (isFailure(manifest)) throw new CommandError(`cannot read the manifest: ${explainFailure(manifest)}`);
  return manifest;
}

export function describeManagers({ uses }: ManagerUses, chosen: ManagerName | null, leftToCloudInit = false): string {
  const does = `, configures the master${leftToCloudInit ? ' as cloud-init says' : ''}`;
  const rows = uses.map(({ manager, present, inUse, evidence }) => [
    manager,
    (inUse ? 'in use' : present ? 'not in use' : '-') + (manager === chosen ? does : ''),
    printable(evidence),
  ]);
  return formatTable(['MANAGER', 'STATE', 'BECAUSE'], rows);
}

export function describeWanted({ kept, written, leftToCloudInit, notes }: WantedFiles, chosen: ManagerName): string {
  const lines = [
    ...(written === null ? [] : [`${chosen} configures ${describeConfig(written)}`]),
    ...(written === null && kept.length === 0 && !leftToCloudInit
      ? ["the master's configuration is left as it is"]
      : []),
    ...kept.map(({ master, place, leaves, unsure }) =>
      leaves === true
        ? `note: ${master} is left alone by ${place}: that is kept, and nothing configures the master until you change it`
        : `${master} ${unsure === true ? 'may be' : 'is'} configured by ${place}: that is kept`,
    ),
    ...notes.map((note) => `note: ${note}`),
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

function describeConfig({ masters, dhcp4, dhcp6, acceptRa, addresses }: MasterConfig): string {
  const names = masters?.map(({ name }) => name).join(' and ') ?? 'the master';
  const ways = [dhcp4 && 'DHCP for IPv4', dhcp6 && 'DHCPv6', acceptRa && 'router advertisements', ...addresses];
  return `${names}: ${ways.filter((way) => way !== false).join(', ')}`;
}

/** What to print of a plan that is not carried out. */
interface Preview {
  /** In words: what was found. */
  readonly found: string;
  readonly plan: Plan;
  readonly live: HealPlan | null;
  /** The command that takes it back. */
  readonly undo: string;
}

/** What --dry-run prints: a summary, and with --diff a diff that patch(1) takes. The manifest's own change is left out. */
export function printPreview({ found, plan, live, undo }: Preview, { diff, root, now }: TreeOptions): string {
  const { changes, conflicts, removeDirectories, leftovers } = plan;
  const files = changes.filter(({ path }) => path !== manifestPath);
  const count = (verb: string) => `${files.filter((file) => verbOf(file) === verb).length} to ${verb}`;
  const undone = printStep({ why: '', run: [...undo.split(' '), ...(root === undefined ? [] : ['--root', root])] });
  const way = `undo: ${undone}${now === true ? ' --now' : ''}${diff === true ? '' : '; --diff shows the contents'}`;
  const steps = live?.steps.map((step) => `${printStep(step)}   (${step.why})`) ?? [];
  const summary = [
    ...leftovers.map((path) => `left by a run that was killed: rm -r ${path}`),
    ...conflicts.map(({ path, why }) => `'${path}' ${why}: --force is needed`),
    files.length === 0 ? 'no file to change' : `files: ${['write', 'change', 'remove'].map(count).join(', ')}; ${way}`,
    ...files.map((file) => `  ${verbOf(file).padEnd(6)} ${file.path}`),
    ...(removeDirectories.length > 0 ? [`  directories that go if they are empty: ${removeDirectories.length}`] : []),
    ...steps.map((step) => `--now: ${step}`),
    ...(live?.problems.map((problem) => `--now: cannot: ${problem}`) ?? []),
    ...(live !== null && steps.length + live.problems.length === 0 ? ['--now: nothing to do'] : []),
  ];
  const text = found + summary.map((line) => `${printable(line)}\n`).join('');
  if (diff !== true) return text;
  const diffs = files.map(({ path, from, to }) => visibleControls(diffStates(path, from, to)));
  return text.replace(/^(?=.)/gm, '# ') + diffs.join('');
}

export function verbOf({ from, to }: Change): 'write' | 'change' | 'remove' {
  return to.kind === 'absent' ? 'remove' : from.kind === 'absent' ? 'write' : 'change';
}

export function failApply({ failure, notRestored, finished }: ApplyFailure): never {
  if (finished === true) {
    throw new CommandError(`all files are done, but cannot write ${explainFailure(failure)}; run it again`);
  }
  const taken =
    notRestored.length === 0
      ? 'nothing has been changed'
      : `and these could not be put back: ${notRestored.map((other) => explainFailure(other)).join(', ')}`;
  throw new CommandError(`cannot write ${explainFailure(failure)}; ${taken}`);
}

/** What was done to the running guest. The status is the worst of it. */
export function printOutcome(system: System, command: string, { done, problems }: LiveOutcome): number {
  for (const { step, failure } of done) {
    const line = `${printable(printStep(step))}   (${printable(step.why)})`;
    if (failure === null) system.out(`${line}\n`);
    else system.err(`failoverctl ${command}: failed: ${line}: ${printable(failure)}\n`);
  }
  for (const problem of problems) system.err(`failoverctl ${command}: not well: ${printable(problem)}\n`);
  if (done.some(({ failure }) => failure !== null)) return exitStatus.failure;
  return problems.length > 0 ? exitStatus.findings : exitStatus.clean;
}
