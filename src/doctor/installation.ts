/** Are our guards and hooks in place, as we wrote them, and as this program would write them now? */
import { digestOf, readState } from '../inventory/file-state.ts';
import { manifestPath, readManifest, type Manifest } from '../inventory/manifest.ts';
import { guardListPath, guardPackage, readSupplied } from '../inventory/supplied.ts';
import { isFailure, type System } from '../system/system.ts';
import { check, type Check } from './check.ts';

/** What an installation with today's program would change. */
export interface PlannedAgain {
  readonly changed: readonly string[];
}

/** `planAgain`: what the command of the manifest would change now; a string: why that cannot be told. */
export function checkInstallation(
  system: System,
  live: boolean,
  planAgain: (installed: Manifest) => PlannedAgain | string,
): readonly Check[] {
  const installed = readManifest(system);
  if (installed === null && readSupplied(system) !== null) {
    const more = "'failoverctl install' adds what is for this guest alone";
    return [check('hooks', 'ok', `only those of the package ${guardPackage}; ${more}`)];
  }
  if (installed === null) {
    const advice = live ? "'failoverctl install --now'; '--dry-run' shows it before" : "'failoverctl install --root'";
    return [check('hooks', 'todo', 'nothing is installed', advice)];
  }
  if (typeof installed === 'string' || isFailure(installed)) {
    const why = typeof installed === 'string' ? installed : installed.errno;
    return [check('hooks', 'unknown', `'${manifestPath}' cannot be read: ${why}`, 'restore it from a backup')];
  }
  const changed = findChanged(system, installed);
  if (changed.length > 0) {
    const paths = changed.join(', ');
    const advice = `if that was not meant: '${installed.command} --force'`;
    return [check('hooks', 'todo', `changed or removed since they were installed: ${paths}`, advice)];
  }
  const count = `${installed.files.length} files, by '${installed.command}'`;
  const plan = planAgain(installed);
  if (typeof plan === 'string')
    return [check('hooks', 'unknown', `${count}; not known whether they are current: ${plan}`)];
  if (plan.changed.length === 0) return [check('hooks', 'ok', `${count}, as this version writes them`)];
  const stale = `${count}; this version would change ${plan.changed.join(', ')}`;
  return [check('hooks', 'todo', stale, `'${installed.command}'`)];
}

function findChanged(system: System, { files }: Manifest): readonly string[] {
  return files
    .filter(({ path, wrote }) => {
      const state = readState(system, path);
      return isFailure(state) || !wrote.includes(digestOf(state));
    })
    .map(({ path }) => path);
}

/** Is the package with the guards whole? Nothing where there is none. `findOtherwise`: what this version would fill otherwise. */
export function checkPackage(
  system: System,
  findOtherwise: (supplied: Manifest) => readonly string[],
): readonly Check[] {
  const supplied = readSupplied(system);
  if (supplied === null) return [];
  const again = `reinstall ${guardPackage}`;
  if (typeof supplied === 'string' || isFailure(supplied)) {
    const why = typeof supplied === 'string' ? supplied : supplied.errno;
    return [check('guard package', 'todo', `'${guardListPath}' cannot be read: ${why}`, again)];
  }
  const changed = findChanged(system, supplied);
  if (changed.length > 0)
    return [check('guard package', 'todo', `${guardPackage}: changed or removed: ${changed.join(', ')}`, again)];
  const count = `${guardPackage}: ${supplied.files.length} files, as it brought them`;
  const others = findOtherwise(supplied);
  if (others.length === 0) return [check('guard package', 'ok', count)];
  return [check('guard package', 'note', `${count}; this version has other ones: ${others.join(', ')}`)];
}
