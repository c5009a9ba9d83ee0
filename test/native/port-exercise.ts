/**
 * Every function of the System port, and what the language itself must give, as one list of answers: port.test.ts has
 * both engines write it and compares. Runs in an empty directory, whose path is the first argument.
 */
import { fileLimit, type System } from '../../src/system/system.ts';

type Answers = [question: string, answer: unknown][];

export async function exercisePort(system: System, directory: string): Promise<void> {
  const answers: Answers = [
    ...exerciseFiles(system, directory),
    ...exerciseNoFiles(system, directory),
    ...exerciseBelow(system, directory),
    ...exercisePrograms(system, directory),
    ...(await exerciseFollowing(system)),
    ...exerciseLanguage(),
  ];
  system.out(answers.map(([question, answer]) => `${question}: ${JSON.stringify(answer)}\n`).join(''));
}

function exerciseFiles(system: System, directory: string): Answers {
  const at = (name: string) => `${directory}/${name}`;
  const odd = 'ß \udcff\udc80 $(id) \u0001 😀';
  const megabyte = `${'x'.repeat(1023)}\n`.repeat(1024);
  const status = (name: string) => {
    const found = system.lstat(at(name));
    // the inode's number and the time are the machine's own affair
    if (!('id' in found)) return found;
    return { ...found, id: /^\d+:\d+$/.test(found.id), changed: /^\d{16,}$/.test(found.changed ?? '') };
  };
  return [
    ['create', system.create(at('a'), 'text\n', 0o640)],
    ['create again', system.create(at('a'), 'other', 0o600)],
    ['create below a file', system.create(at('a/b'), '', 0o600)],
    ['create nowhere', system.create(at('none/b'), '', 0o600)],
    ['create setuid', system.create(at('setuid'), '', 0o4755)],
    ['setuid status', status('setuid')],
    ['read', system.read(at('a'))],
    ['read a directory', system.read(directory)],
    ['read nothing', system.read(at('none'))],
    ['read a name with NUL', system.read(at('a\0b'))],
    ['read sysfs', system.read('/sys/class/net/lo/mtu')],
    ['read what answers EINVAL', system.read('/sys/class/net/lo/phys_port_name')],
    ['read procfs', system.read('/proc/self/comm') !== ''],
    ['status', status('a')],
    ['create odd', system.create(at(odd), `${odd}\u0000\ud800`, 0o600)],
    ['read odd', system.read(at(odd))],
    ['create a megabyte', system.create(at('big'), megabyte, 0o600)],
    ['read a megabyte', system.read(at('big')) === megabyte],
    ['append', system.append(at('a'), 'TEX')],
    ['appended', system.read(at('a'))],
    ['append to nothing', system.append(at('none'), 'x')],
    ['append to a directory', system.append(directory, 'x')],
    ['append to a full device', system.append('/dev/full', 'x')],
    ['append to what only takes', system.append('/dev/null', 'x')],
    ['symlink', system.symlink('a', at('link'))],
    ['symlink again', system.symlink('a', at('link'))],
    ['readlink', system.readlink(at('link'))],
    ['readlink of a file', system.readlink(at('a'))],
    ['symlink status', status('link')],
    ['stat through it', (({ kind }) => kind)(system.stat(at('link')) as { kind: unknown })],
    ['loop', [system.symlink('loop', at('loop')), system.stat(at('loop')), system.read(at('loop'))]],
    ['odd link', [system.symlink(odd, at('odd link')), system.readlink(at('odd link'))]],
    ['make a directory', system.makeDirectory(at('d'), 0o1777)],
    ['make it again', system.makeDirectory(at('d'), 0o755)],
    ['directory status', (({ kind, mode }: Record<string, unknown>) => [kind, mode])(status('d') as never)],
    ['rename', system.rename(at('a'), at('d/a'))],
    ['rename nothing', system.rename(at('a'), at('b'))],
    ['rename over a directory', system.rename(at('link'), at('d'))],
    ['remove a directory as a file', system.remove(at('d'))],
    ['remove a full directory', system.removeDirectory(at('d'))],
    ['remove', system.remove(at('d/a'))],
    ['remove the directory', system.removeDirectory(at('d'))],
    ['remove nothing', system.remove(at('d'))],
    ['chmod', [system.chmod(at('big'), 0o4711), (status('big') as { mode: number }).mode]],
    ['chown', [system.chown(at('big'), system.uid(), 0), system.chown(at('none'), 0, 0)]],
    ['list', (system.list(directory) as string[]).toSorted()],
    ['list a file', system.list(at('big'))],
    ['list nothing', system.list(at('none'))],
    ['a name that is too long', system.create(at('n'.repeat(300)), '', 0o600)],
    ['a terminal', [system.isTerminal('stdout'), system.isTerminal('stderr')]],
    ['standard input', system.stdin()],
    ['the clock', system.now() > 1_700_000_000_000],
    ['the environment', [system.env('FAILOVERCTL_TEST'), system.env('FAILOVERCTL_NONE')]],
    ['the user', system.uid()],
    ['the program', typeof system.stat(system.programPath())],
  ];
}

/** What is no regular file is told, and never waited for. */
function exerciseNoFiles(system: System, directory: string): Answers {
  const at = (name: string) => `${directory}/${name}`;
  const socket = 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])';
  const made = [
    system.run(['mkfifo', at('fifo')]),
    system.run(['python3', '-c', socket, at('socket')]),
    system.run(['truncate', '-s', String(fileLimit + 1), at('huge')]),
    system.run(['truncate', '-s', '200000', at('large')]),
  ];
  return [
    ['what is no file is made', made],
    ['read a FIFO', system.read(at('fifo'))],
    ['append to a FIFO that nobody reads', system.append(at('fifo'), 'x')],
    ['list a FIFO', system.list(at('fifo'))],
    ['read a socket', system.read(at('socket'))],
    ['read endless zeros', system.read('/dev/zero')],
    ['read an empty device', system.read('/dev/null')],
    ['read more than is read', system.read(at('huge'))],
    ['read zeros', system.read(at('large')) === '\0'.repeat(200_000)],
    ['read a file of a page', [system.create(at('page'), 'x'.repeat(4096), 0o600), system.read(at('page'))]],
    ['read an empty file', [system.create(at('empty'), '', 0o600), system.read(at('empty'))]],
    ['read much of procfs', (system.read('/proc/kallsyms') as string).length > 100_000],
    ['link', [system.link(at('page'), at('second')), system.link(at('page'), at('second'))]],
    ['link nothing', system.link(at('none'), at('third'))],
    ['a link to a link', [system.link(at('link'), at('link too')), system.readlink(at('link too'))]],
  ];
}

/** The same questions where nothing may lead out. */
function exerciseBelow(system: System, directory: string): Answers {
  const root = `${directory}/below`;
  system.makeDirectory(root, 0o755);
  system.makeDirectory(`${root}/d`, 0o755);
  system.create(`${directory}/outside`, 'outside', 0o644);
  system.symlink('../outside', `${root}/up`);
  system.symlink(directory, `${root}/away`);
  system.symlink('/d', `${root}/in`);
  const below = system.openBelow(root);
  if (below === null || 'errno' in below) return [['below', below]];
  const status = (name: string) => {
    const found = below.lstat(name);
    return 'id' in found ? [found.kind, found.mode] : found;
  };
  return [
    ['below nothing', system.openBelow(`${directory}/none`)],
    ['below a file', system.openBelow(`${directory}/outside`)],
    ['out by ..', [below.read('/../outside'), below.read('/up'), below.read('/d/../../outside')]],
    ['out by a link', [below.read('/away/outside'), below.list('/away'), below.create('/away/x', '', 0o644)]],
    ['in by a link', [below.create('/in/file', 'text', 0o640), below.read('/d/file'), below.stat('/in/none')]],
    ['statuses', ['/', '/in', '/in/file', '/d/../in', '/none'].map(status)],
    ['stat', 'kind' in below.stat('/in')],
    ['links', [below.readlink('/in'), below.readlink('/d'), below.symlink('/d', '/one'), below.list('/one')]],
    ['second name', [below.link('/d/file', '/d/name'), below.link('/in', '/in too'), below.readlink('/in too')]],
    ['moved', [below.rename('/in/name', '/moved'), below.read('/moved'), below.rename('/none', '/moved')]],
    ['append', [below.append('/one/file', 'TE'), below.read('/d/file'), below.append('/up', 'x')]],
    ['modes', [below.chmod('/one/file', 0o4711), below.chown('/one/file', 0, 0), status('/d/file')]],
    ['directories', [below.makeDirectory('/in/new', 0o2750), status('/d/new'), below.removeDirectory('/one/new')]],
    ['removed', [below.remove('/one'), below.remove('/one'), below.remove('/d'), below.removeDirectory('/d')]],
    ['what is left', (below.list('/') as string[]).toSorted()],
    ['what is outside', [system.read(`${directory}/outside`), below.makeDirectory('/none/x', 0o755)]],
  ];
}

function exercisePrograms(system: System, directory: string): Answers {
  const shell = (script: string, options = {}) => system.run(['/bin/sh', '-c', script], options);
  const megabyte = 'é'.repeat(500_000);
  return [
    ['true', system.run(['true'])],
    ['false', system.run(['false'])],
    ['status 255', shell('exit 255')],
    ['a signal', shell('kill -TERM $$')],
    ['both outputs', shell('echo out; echo err >&2; exit 3')],
    ['no such program', system.run(['failoverctl-no-such-program'])],
    ['no such path', system.run(['/nonexistent/program'])],
    ['not executable', [system.create(`${directory}/plain`, 'text', 0o644), system.run([`${directory}/plain`])]],
    ['a directory', system.run([directory])],
    ['arguments as they are', system.run(['printf', '%s\\n', '$(id)', "a'b", '', '*', 'ß', '-n'])],
    ['input', system.run(['cat'], { input: 'ß\udcff\u0000 text' })],
    [
      'a megabyte both ways',
      system.run(['cat'], { input: megabyte }) && lengthOf(system.run(['cat'], { input: megabyte })),
    ],
    ['input that nobody reads', system.run(['true'], { input: megabyte })],
    ['no input', system.run(['cat'])],
    ['environment', shell('echo "$ONE|$FAILOVERCTL_TEST"', { env: { ONE: 'ß=', FAILOVERCTL_TEST: 'over' } })],
    ['time over', shell('echo begun; exec sleep 60', { timeoutMs: 300 })],
    ['in time', shell('echo done', { timeoutMs: 60_000 })],
    ['SIGPIPE is ordinary in it', shell('yes | head -1; kill -PIPE $$')],
    ['SIGINT is ordinary in it', shell('kill -INT $$; echo lived')],
    ['no files leak into it', shell('ls /proc/self/fd | wc -l')],
    [
      'an interpreter that is missing',
      [system.create(`${directory}/script`, '#!/nonexistent\n', 0o755), system.run([`${directory}/script`])],
    ],
  ];
}

const lengthOf = (outcome: object) => ('stdout' in outcome ? String(outcome.stdout).length : outcome);

async function exerciseFollowing(system: System): Promise<Answers> {
  const lines: string[] = [];
  const ended = await system.follow(['printf', 'one\\ntwo ß\\377\\n\\nrest'], (line) => lines.push(line) > 0);
  const some: string[] = [];
  const stopped = await system.follow(['yes', 'y'], (line) => some.push(line) < 3);
  // é over the seam between two reads of the pipe
  const split: string[] = [];
  const script = "printf 'caf\\303'; sleep 0.3; printf '\\251 au lait\\n'; echo err >&2; exit 4";
  const seam = await system.follow(['sh', '-c', script], (line) => split.push(line) > 0);
  const several: string[][] = [[], [], []];
  const both = await system.followAll(
    [
      ['sh', '-c', 'echo a; sleep 0.2; echo b; exit 3'],
      ['failoverctl-no-such-program'],
      ['sh', '-c', 'echo err >&2; sleep 0.1; printf "c\\nrest"'],
    ],
    (line, which) => (several[which] ?? []).push(line) > 0,
  );
  const allStopped = await system.followAll(
    [
      ['yes', 'y'],
      ['sleep', '60'],
    ],
    () => false,
  );
  const byInterrupt = await system.follow(['sh', '-c', 'kill -INT $PPID; exec sleep 60'], () => true);
  const byTerm = await system.follow(['sh', '-c', 'kill -TERM $PPID; exec sleep 60'], () => true);
  // once after the first burst, once after the second; nothing came before `sleep` ends, and so not then
  const silences: number[] = [];
  const bursts: string[] = [];
  const quiet = { afterMs: 150, act: () => silences.push(bursts.length) > 0 };
  const inBursts = 'sleep 0.4; echo a; echo b; sleep 0.6; echo c; sleep 0.6';
  const paused = await system.follow(['sh', '-c', inBursts], (line) => bursts.push(line) > 0, quiet);
  const enough = { afterMs: 50, act: () => false };
  const endedByQuiet = await system.follow(['sh', '-c', 'echo a; exec sleep 60'], () => true, enough);
  let ticks = 0;
  const watched = await system.runWatched(
    ['sh', '-c', 'echo out; sleep 0.5; echo err >&2; exit 4'],
    50,
    () => (ticks += 1) > 0,
  );
  const ticked = ticks;
  const refused = await system.runWatched(['sleep', '60'], 20, () => (ticks += 1) < ticked + 3);
  const interrupts = system.catchInterrupts();
  let noticed = false;
  const told = await system.runWatched(['sh', '-c', 'kill -INT $PPID; exec sleep 60'], 20, () => {
    noticed ||= interrupts.noted();
    return !noticed;
  });
  const before = await interrupts.pending();
  const caught: boolean[] = [];
  for (const signal of ['INT', 'TERM', 'HUP']) {
    system.run(['sh', '-c', `kill -${signal} $PPID`]);
    system.sleep(50);
    caught.push(await interrupts.pending(), await interrupts.pending());
  }
  interrupts.release();
  return [
    ['followed', [ended, lines]],
    ['several at once', [both, several]],
    ['several, until one has said enough', allStopped.map((one) => ('signal' in one ? one.signal : one))],
    ['none', await system.followAll([], () => true)],
    ['stopped', [stopped, some.length >= 3, some[0]].map((part) => (isResult(part) ? part.signal : part))],
    ['a character over a seam', [seam, split]],
    ['stopped by a signal', [byInterrupt, byTerm]],
    ['silences', [paused, silences, endedByQuiet]],
    ['watched', [watched, ticked > 2]],
    ['watched no more', refused],
    ['a signal while it is watched', [told, noticed]],
    ['watch nothing', await system.runWatched(['failoverctl-no-such-program'], 20, () => true)],
    ['follow nothing', await system.follow(['failoverctl-no-such-program'], () => true)],
    ['interrupts', [before, caught]],
  ];
}

const isResult = (part: unknown): part is { signal: unknown } =>
  typeof part === 'object' && part !== null && 'signal' in part;

/** What the program uses of the language, where engines differ. */
function exerciseLanguage(): Answers {
  const words = Array.from({ length: 2_000 }, (_, index) => ({ key: (index * 7919) % 10, index }));
  const nested = (depth: number): unknown => (depth === 0 ? [] : [nested(depth - 1)]);
  return [
    [
      'sort is stable',
      words
        .toSorted((a, b) => a.key - b.key)
        .map(({ index }) => index)
        .slice(0, 300),
    ],
    ['sort by code unit', ['é', 'z', 'Z', '😀', 'ﬀ', 'a'].toSorted()],
    ['named groups', /^(?<name>[a-z]+)=(?<value>.*)$/su.exec('key=a\nb')?.groups],
    ['lookbehind', 'a1b2'.replaceAll(/(?<=[a-z])\d/g, '#')],
    ['sticky', [...'aab'.matchAll(/a/gy)].map(({ index }) => index)],
    ['unicode classes', 'Straße 😀 x'.match(/\p{L}+|\p{Emoji_Presentation}/gu)],
    ['case', ['ß'.toUpperCase(), 'İ'.toLowerCase(), /ſ/iu.test('S')]],
    ['split', 'a,b,,c'.split(/(,)/)],
    ['normalize', 'e\u0301'.normalize('NFC').length],
    ['numbers', [0.1 + 0.2, 1e21, 1 / 3, (255).toString(2), (1.005).toFixed(2), Number('0x1F'), parseInt('08', 10)]],
    ['32 bits', [0xffffffff >> 0, 0xffffffff >>> 0, Math.imul(0xffff, 0xffff), 1 << 31]],
    ['dates', [new Date(0).toISOString(), new Date('2026-02-29T00:00:00Z').getTime(), Date.UTC(2024, 1, 29)]],
    [
      'JSON',
      [JSON.stringify({ a: '\u2028\ud800\u0007', b: [undefined, Number.NaN] }), errorName(() => JSON.parse('{"a":'))],
    ],
    ['at', [1, 2].at(-1)],
    ['deep JSON', JSON.stringify(nested(500)).length],
    [
      'classes',
      errorName(() => {
        throw new (class Odd extends TypeError {})('x');
      }),
    ],
    [
      'generators',
      [
        ...(function* count() {
          yield* [1, 2];
        })(),
      ],
    ],
    ['spread of code points', [...'a😀'].length],
    ['typed arrays', [...new Uint8Array([1, 300, -1])]],
    ['locale-free', ['10', '9', 'a'].toSorted().join()],
  ];
}

function errorName(work: () => unknown): string {
  try {
    return String(work());
  } catch (error) {
    return error instanceof TypeError ? 'TypeError' : error instanceof SyntaxError ? 'SyntaxError' : 'Error';
  }
}
