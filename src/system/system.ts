/**
 * The port between failoverctl and the machine. Nothing outside src/system touches the file system, a process, the
 * environment or a stream, so the same source runs on Node (node.ts), in the static executable (quickjs.ts), on a
 * recorded guest (snapshot.ts) and in tests (memory.ts).
 *
 * All but `follow` and its like is synchronous: the program is a short sequence of reads and writes.
 *
 * Text is bytes. What is read is decoded as UTF-8, and each byte that is not UTF-8 becomes one lone surrogate
 * U+DC80…U+DCFF (as PEP 383 does), in file contents and in names alike; writing turns it back. So every file and every
 * name survives a read and a write byte for byte. See bytes.ts.
 *
 * Failures are values, not exceptions: an attribute that is absent is the ordinary case in sysfs.
 */
export interface System {
  /** Names in a directory, without `.` and `..`, in the order in which the file system gives them. getdents64(2). */
  list(directory: string): readonly string[] | Failure;
  /** The target of a symbolic link; EINVAL where there is something else. readlink(2). */
  readlink(path: string): string | Failure;
  /**
   * A regular file's whole text, read to its end (sysfs and procfs tell no true size), at most `fileLimit` bytes: EFBIG. It never
   * waits: EISDIR for a directory, EFTYPE for a FIFO, a socket or a device. /dev/null, to which a mask leads, is empty.
   */
  read(path: string): string | Failure;
  /** What a path leads to, symbolic links followed. stat(2). */
  stat(path: string): FileStatus | Failure;
  /** What is at a path itself. lstat(2). */
  lstat(path: string): FileStatus | Failure;

  /** Makes a new file of this text and mode (whatever the umask), synced to the disk; EEXIST if something is there. */
  create(path: string, text: string, mode: number): Failure | null;
  /** Adds to the end of a file that is there already. Never for configuration. */
  append(path: string, text: string): Failure | null;
  /** rename(2), and the directory of `to` synced, so that the new name survives a power cut. */
  rename(from: string, to: string): Failure | null;
  /** A second name for a file, or for a symbolic link itself. link(2). */
  link(from: string, to: string): Failure | null;
  /** unlink(2). */
  remove(path: string): Failure | null;
  /** mkdir(2), not recursive; the mode is exact, whatever the umask. */
  makeDirectory(path: string, mode: number): Failure | null;
  /** rmdir(2). */
  removeDirectory(path: string): Failure | null;
  /** symlink(2). */
  symlink(target: string, path: string): Failure | null;
  /** chmod(2). */
  chmod(path: string, mode: number): Failure | null;
  /** chown(2). */
  chown(path: string, uid: number, gid: number): Failure | null;

  /**
   * The tree below a directory, where no path and no symbolic link leads out of it, whoever changes it meanwhile: an absolute
   * link counts from `root`, as after chroot(2). Null: this machine offers no such way; a Failure: `root` cannot be opened.
   */
  openBelow(root: string): FileOperations | Failure | null;

  /**
   * Runs a program, found by PATH, with these exact arguments (never a shell), and waits for it.
   * ENOENT: no such program. A program that runs over `timeoutMs` is killed, and `signal` says so.
   */
  run(argv: readonly string[], options?: RunOptions): ProcessResult | Failure;
  /**
   * Runs a program and hands over its standard output line by line (without the newline) as it comes, until the
   * program ends, `onLine` returns false, or SIGINT or SIGTERM arrives; then the program is ended too. `quiet.act` is called
   * once whenever nothing more has come for `quiet.afterMs` milliseconds; false ends it likewise.
   */
  follow(argv: readonly string[], onLine: (line: string) => boolean, quiet?: Quiet): Promise<ProcessResult | Failure>;
  /** Follows several programs at once; `which` of them a line is of. False ends them all. */
  followAll(
    argvs: readonly (readonly string[])[],
    onLine: (line: string, which: number) => boolean,
  ): Promise<readonly (ProcessResult | Failure)[]>;
  /**
   * Runs a program as `run` does, without input, and calls `onTick` every `everyMs` milliseconds until it ends. Where
   * `onTick` returns false the program gets SIGTERM. Signals to this process are left to `catchInterrupts`.
   */
  runWatched(argv: readonly string[], everyMs: number, onTick: () => boolean): Promise<ProcessResult | Failure>;

  /**
   * From now on SIGINT, SIGTERM and SIGHUP (the connection that it is run over is gone) do not end the program but are
   * noted, so that it can undo or finish what it began. Programs that `run` starts get a terminal's Ctrl-C all the same.
   */
  catchInterrupts(): Interrupts;

  env(name: string): string | undefined;
  /** Milliseconds since 1970. */
  now(): number;
  /** Waits. */
  sleep(milliseconds: number): void;
  /** The effective user's id. */
  uid(): number;
  /** The file that this program runs from, for commands that carry it elsewhere. */
  programPath(): string;

  /** Standard input to its end; EFBIG as soon as it is more than `limit` bytes, by default `fileLimit`. */
  stdin(limit?: number): string | Failure;
  /** Writes to standard output. A reader that has gone away (EPIPE) ends the program quietly, as it ends cat(1). */
  out(text: string): void;
  /** Writes to standard error. */
  err(text: string): void;
  isTerminal(stream: 'stdout' | 'stderr'): boolean;
  /** The width of the terminal that standard output goes to; null: it is none, or does not say. */
  columns(): number | null;
}

/** What of the port is about files. */
export type FileOperations = Pick<
  System,
  | 'list'
  | 'readlink'
  | 'read'
  | 'stat'
  | 'lstat'
  | 'create'
  | 'append'
  | 'rename'
  | 'link'
  | 'remove'
  | 'makeDirectory'
  | 'removeDirectory'
  | 'symlink'
  | 'chmod'
  | 'chown'
>;

/** The most that is read of one file, in bytes: 64 MiB. The static executable's is in quickjs/files.c. */
export const fileLimit = 64 * 1024 * 1024;

/**
 * What went wrong, by errno(3) name, and where. Two names are not Linux's: EFTYPE (BSD's, no regular file), and ENODATA for what
 * a snapshot does not hold.
 */
export interface Failure {
  readonly errno: string;
  readonly path: string;
}

export interface FileStatus {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  /** Permission bits only: mode & 07777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** When it was changed last, in whatever way (st_ctim), as a text to compare; undefined: nobody knows. */
  readonly changed?: string;
  /** Device and inode number, to see that two paths are one file. */
  readonly id: string;
}

export interface RunOptions {
  /** Written to the program's standard input, which is otherwise empty. */
  readonly input?: string;
  readonly timeoutMs?: number;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Interrupts {
  /** Has one come since the last call? */
  pending(): Promise<boolean>;
  /** The same at once: for `onTick` of `runWatched`, where nothing has kept a signal from being noted. */
  noted(): boolean;
  /** Gives the signals their ordinary meaning back. */
  release(): void;
}

export interface Quiet {
  readonly afterMs: number;
  readonly act: () => boolean;
}

export interface ProcessResult {
  /** The exit status, or null if a signal ended it. */
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function isFailure(outcome: unknown): outcome is Failure {
  return typeof outcome === 'object' && outcome !== null && 'errno' in outcome;
}
