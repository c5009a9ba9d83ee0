/** A System in which some paths lie elsewhere: whoever asks for the one reads and writes the other, and failures name the first. */
import { isFailure, type Failure, type System } from './system.ts';

/** `move`: where a path lies; the same where it lies where it is asked for. */
export function relocatedSystem(system: System, move: (path: string) => string): System {
  const at = <Value>(path: string, work: (real: string) => Value | Failure): Value | Failure => {
    const real = move(path);
    const outcome = work(real);
    return real !== path && isFailure(outcome) ? { errno: outcome.errno, path } : outcome;
  };
  return {
    ...system,
    list: (path) => at(path, (real) => system.list(real)),
    readlink: (path) => at(path, (real) => system.readlink(real)),
    read: (path) => at(path, (real) => system.read(real)),
    stat: (path) => at(path, (real) => system.stat(real)),
    lstat: (path) => at(path, (real) => system.lstat(real)),
    create: (path, text, mode) => at(path, (real) => system.create(real, text, mode)),
    append: (path, text) => at(path, (real) => system.append(real, text)),
    rename: (from, to) => at(to, (real) => system.rename(move(from), real)),
    link: (from, to) => at(to, (real) => system.link(move(from), real)),
    remove: (path) => at(path, (real) => system.remove(real)),
    makeDirectory: (path, mode) => at(path, (real) => system.makeDirectory(real, mode)),
    removeDirectory: (path) => at(path, (real) => system.removeDirectory(real)),
    symlink: (target, path) => at(path, (real) => system.symlink(target, real)),
    chmod: (path, mode) => at(path, (real) => system.chmod(real, mode)),
    chown: (path, uid, gid) => at(path, (real) => system.chown(real, uid, gid)),
  };
}
