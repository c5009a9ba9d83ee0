/** The System port in memory, for tests: a tree of files and links, and a record of what was written, run and printed. */
import { baseName } from '../text/base-name.ts';
import { fileLimit } from './system.ts';
import type { Failure, FileStatus, ProcessResult, RunOptions, System } from './system.ts';
import { namesIn, parentOf, plantTree, resolvePath, statusOf, type MemoryEntry, type Node } from './memory-tree.ts';

export type { MemoryEntry } from './memory-tree.ts';

export interface MemoryOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly terminal?: boolean;
  readonly columns?: number;
  readonly uid?: number;
  readonly now?: number;
  /** Asked by `catchInterrupts().pending` and `noted`. */
  readonly interrupted?: () => boolean;
  /** Answers `run`, `follow` and `runWatched`, which ticks once before; without it every program is ENOENT. */
  readonly run?: (argv: readonly string[], options: RunOptions) => ProcessResult | Failure;
  /** Called before each operation; what it returns is that operation's failure. */
  readonly refuse?: (operation: string, path: string) => string | null;
}

export interface MemorySystem extends System {
  readonly stdout: string;
  readonly stderr: string;
  /** Every operation on the tree, as "operation path", in order. */
  readonly calls: readonly string[];
  /** Every program that was run. */
  readonly programs: readonly (readonly string[])[];
  /** Somebody else's change of a file that is there. */
  readonly write: (path: string, text: string) => Failure | null;
  /** Every file and link there is now, by path. */
  readonly files: ReadonlyMap<string, Node>;
}

export function memorySystem(
  entries: Readonly<Record<string, MemoryEntry>> = {},
  options: MemoryOptions = {},
): MemorySystem {
  const nodes = plantTree(entries);
  const calls: string[] = [];
  const programs: (readonly string[])[] = [];
  let stdout = '';
  let stderr = '';
  const { stdin = '', now: clockStart = 0 } = options;
  let clock = clockStart;

  const resolve = (path: string, last: boolean) => resolvePath(nodes, path, last);
  const look = (path: string, last = true): Node | Failure => {
    const real = resolve(path, last);
    if (typeof real !== 'string') return real;
    return nodes.get(real) ?? { errno: 'ENOENT', path };
  };
  const refused = (operation: string, path: string): Failure | null => {
    calls.push(`${operation} ${path}`);
    const errno = options.refuse?.(operation, path) ?? null;
    return errno === null ? null : { errno, path };
  };
  const statusAt = (operation: string, path: string, last: boolean): FileStatus | Failure => {
    const no = refused(operation, path);
    if (no !== null) return no;
    const node = look(path, last);
    if ('errno' in node && !('kind' in node)) return node;
    return statusOf(node, String(resolve(path, last)));
  };
  /** Where a new name goes: its directory must be there. */
  const place = (path: string): string | Failure => {
    const directory = resolve(parentOf(path) || '/', true);
    if (typeof directory !== 'string') return directory;
    const parent = nodes.get(directory);
    if (parent === undefined) return { errno: 'ENOENT', path };
    if (parent.kind !== 'directory') return { errno: 'ENOTDIR', path };
    return `${directory === '/' ? '' : directory}/${baseName(path)}`;
  };
  const add = (operation: string, path: string, node: Node): Failure | null => {
    const no = refused(operation, path);
    if (no !== null) return no;
    const real = place(path);
    if (typeof real !== 'string') return real;
    if (nodes.has(real)) return { errno: 'EEXIST', path };
    nodes.set(real, node);
    return null;
  };
  const replace = (operation: string, path: string, make: (old: Node) => Node | string): Failure | null => {
    const no = refused(operation, path);
    if (no !== null) return no;
    const real = resolve(path, true);
    if (typeof real !== 'string') return real;
    const old = nodes.get(real);
    if (old === undefined) return { errno: 'ENOENT', path };
    const made = make(old);
    if (typeof made === 'string') return { errno: made, path };
    nodes.set(real, made);
    return null;
  };

  const follow: System['follow'] = async (argv, onLine, quiet) => {
    programs.push(argv);
    const result = options.run?.(argv, {}) ?? { errno: 'ENOENT', path: argv[0] ?? '' };
    if ('errno' in result) return result;
    const lines = result.stdout.split('\n').slice(0, -1);
    if (lines.every((line) => onLine(line)) && lines.length > 0 && quiet !== undefined) {
      clock += quiet.afterMs;
      quiet.act();
    }
    return { ...result, stdout: '' };
  };

  return {
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    calls,
    programs,
    files: nodes,

    list: (directory) => {
      const no = refused('list', directory);
      if (no !== null) return no;
      const real = resolve(directory, true);
      if (typeof real !== 'string') return real;
      const node = nodes.get(real);
      if (node === undefined) return { errno: 'ENOENT', path: directory };
      if (node.kind === 'refusing') return { errno: node.errno, path: directory };
      return node.kind === 'directory' ? namesIn(nodes, real) : { errno: 'ENOTDIR', path: directory };
    },
    readlink: (path) => {
      const no = refused('readlink', path);
      if (no !== null) return no;
      const node = look(path, false);
      if (!('kind' in node)) return node;
      if (node.kind === 'refusing') return { errno: node.errno, path };
      return node.kind === 'symlink' ? node.target : { errno: 'EINVAL', path };
    },
    read: (path) => {
      const no = refused('read', path);
      if (no !== null) return no;
      const node = look(path);
      if (!('kind' in node)) return node;
      if (node.kind === 'file') return node.text;
      if (node.kind === 'other') return { errno: 'EFTYPE', path };
      return { errno: node.kind === 'refusing' ? node.errno : 'EISDIR', path };
    },
    stat: (path) => statusAt('stat', path, true),
    lstat: (path) => statusAt('lstat', path, false),

    create: (path, text, mode) => add('create', path, { kind: 'file', text, mode, uid: 0, gid: 0 }),
    write: (path, text) => replace('write', path, (old) => (old.kind === 'file' ? { ...old, text } : 'EISDIR')),
    append: (path, text) =>
      replace('append', path, (old) => (old.kind === 'file' ? { ...old, text: old.text + text } : 'EISDIR')),
    rename: (from, to) => {
      const no = refused('rename', to);
      if (no !== null) return no;
      const source = resolve(from, false);
      const target = place(to);
      if (typeof source !== 'string') return source;
      if (typeof target !== 'string') return target;
      const node = nodes.get(source);
      if (node === undefined) return { errno: 'ENOENT', path: from };
      nodes.delete(source);
      nodes.set(target, node);
      for (const [key, below] of nodes) {
        if (!key.startsWith(`${source}/`)) continue;
        nodes.delete(key);
        nodes.set(target + key.slice(source.length), below);
      }
      return null;
    },
    link: (from, to) => {
      const source = look(from, false);
      return 'kind' in source ? add('link', to, source) : source;
    },
    remove: (path) => {
      const no = refused('remove', path);
      if (no !== null) return no;
      const real = resolve(path, false);
      if (typeof real !== 'string') return real;
      const node = nodes.get(real);
      if (node === undefined) return { errno: 'ENOENT', path };
      if (node.kind === 'directory') return { errno: 'EISDIR', path };
      nodes.delete(real);
      return null;
    },
    makeDirectory: (path, mode) => add('makeDirectory', path, { kind: 'directory', mode }),
    removeDirectory: (path) => {
      const no = refused('removeDirectory', path);
      if (no !== null) return no;
      const real = resolve(path, false);
      if (typeof real !== 'string') return real;
      const node = nodes.get(real);
      if (node === undefined) return { errno: 'ENOENT', path };
      if (node.kind !== 'directory') return { errno: 'ENOTDIR', path };
      if (namesIn(nodes, real).length > 0) return { errno: 'ENOTEMPTY', path };
      nodes.delete(real);
      return null;
    },
    symlink: (target, path) => add('symlink', path, { kind: 'symlink', target }),
    chmod: (path, mode) =>
      replace('chmod', path, (old) => (old.kind === 'file' || old.kind === 'directory' ? { ...old, mode } : 'EPERM')),
    chown: (path, uid, gid) => replace('chown', path, (old) => (old.kind === 'file' ? { ...old, uid, gid } : old)),

    openBelow: () => null,

    run: (argv, runOptions = {}) => {
      programs.push(argv);
      return options.run?.(argv, runOptions) ?? { errno: 'ENOENT', path: argv[0] ?? '' };
    },
    follow,
    followAll: (argvs, onLine) => Promise.all(argvs.map((argv, which) => follow(argv, (line) => onLine(line, which)))),
    runWatched: async (argv, everyMs, onTick) => {
      programs.push(argv);
      clock += everyMs;
      onTick();
      return options.run?.(argv, {}) ?? { errno: 'ENOENT', path: argv[0] ?? '' };
    },

    catchInterrupts: () => {
      const noted = () => options.interrupted?.() ?? false;
      return { noted, pending: async () => noted(), release: () => undefined };
    },

    env: (name) => options.env?.[name],
    now: () => clock,
    sleep: (milliseconds) => void (clock += milliseconds),
    uid: () => options.uid ?? 0,
    programPath: () => '/usr/local/sbin/failoverctl',
    stdin: (limit = fileLimit) => (stdin.length > limit ? { errno: 'EFBIG', path: 'standard input' } : stdin),
    out: (text) => void (stdout += text),
    err: (text) => void (stderr += text),
    isTerminal: () => options.terminal ?? false,
    columns: () => options.columns ?? null,
  };
}
