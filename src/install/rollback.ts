/**
 * A timer that takes an installation back unless somebody says that it is well: for one over the very connection that it
 * changes. It is systemd's, so that it outlives the session (systemd-run(1)).
 */
import { isFailure, type System } from '../system/system.ts';

const unit = 'failoverctl-rollback';

/** What went wrong, in words, or null. */
export function scheduleRollback(system: System, seconds: number): string | null {
  const options = [
    '--quiet',
    '--collect',
    `--unit=${unit}`,
    `--on-active=${seconds}`,
    '--timer-property=AccuracySec=1s',
  ];
  return runQuietly(system, ['systemd-run', ...options, system.programPath(), 'uninstall', '--now']);
}

/** Is one going to happen? */
export function isRollbackPending(system: System): boolean {
  return isActive(system, `${unit}.timer`);
}

/** Has its time come? It may be waiting for an installation that is not at its end. */
export function isRollbackRunning(system: System): boolean {
  return isActive(system, `${unit}.service`);
}

export function cancelRollback(system: System): string | null {
  return runQuietly(system, ['systemctl', 'stop', `${unit}.timer`]);
}

/** By its word: in a chroot systemctl(1) does nothing and exits with 0. */
function isActive(system: System, name: string): boolean {
  const result = system.run(['systemctl', 'is-active', name], { timeoutMs: 30_000 });
  return !isFailure(result) && result.stdout.trim() === 'active';
}

function runQuietly(system: System, argv: readonly string[]): string | null {
  const result = system.run(argv, { timeoutMs: 30_000 });
  if (isFailure(result)) return result.errno === 'ENOENT' ? `${argv[0]} is not installed` : result.errno;
  if (result.status === 0) return null;
  return result.stderr.trim().split('\n').at(-1) || `exit status ${result.status}`;
}
