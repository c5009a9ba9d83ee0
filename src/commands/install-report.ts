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
import type { Plan } from '../install/plan.ts';

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

/** A diff that patch(1) takes; the manifest's own is left out. */
export function printPlan({ changes, conflicts, removeDirectories, leftovers }: Plan): string {
  const left = leftovers.map((path) => `# left by a run that was killed: rm -r ${printable(path)}\n`);
  const named = conflicts.map(({ path, why }) => `# '${printable(path)}' ${why}: --force is needed\n`);
  const diffs = changes
    .filter(({ path }) => path !== manifestPath)
    .map(({ path, from, to }) => visibleControls(diffStates(path, from, to)));
  const directories = removeDirectories.map((path) => `# the directory ${printable(path)} goes if it is empty\n`);
  return [...left, ...named, ...diffs, ...directories].join('');
}

export function printSteps({ steps, problems }: HealPlan): string {
  if (steps.length === 0 && problems.length === 0) return '# --now: nothing to do\n';
  const lines = steps.map((step) => `# --now: ${printable(printStep(step))}   (${printable(step.why)})\n`);
  return [...lines, ...problems.map((problem) => `# --now: cannot: ${printable(problem)}\n`)].join('');
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
