/**
 * Follows a guest: ip(8) tells when the kernel changed something, then the guest is read again and what is different is
 * told, a line an event; and once more when it has been quiet for a moment, since udev and the network managers say by no
 * event of the kernel's that they are done. Between events nothing runs but `ip monitor`, asleep.
 */
import { type GroupStatus, type LinkStatus, type Status } from './model.ts';
import { isFailure, type Failure, type System } from '../system/system.ts';
import { describeManager, describeRoute } from './render-tree.ts';
import { readStatus } from './status.ts';

export interface StatusEvent {
  /** UTC, RFC 3339. */
  readonly time: string;
  readonly event: 'group' | 'link' | 'datapath' | 'carrier' | 'address' | 'route' | 'manager' | 'problem' | 'solved';
  readonly link: string | null;
  readonly message: string;
}

/** In UTC, so that an event's own time can be compared with ours; env(1) becomes ip(8), which then gets the signals. */
const monitor = ['env', 'TZ=UTC', 'ip', '-ts', '-o', 'monitor', 'link', 'address', 'route'] as const;

/** Tells each event until it is interrupted. The result is how the guest was at last; a string: why nothing can be followed. */
export async function watchStatus(
  system: System,
  first: Status,
  tell: (event: StatusEvent) => void,
): Promise<Status | string> {
  let last = first;
  let readAt = system.now();
  let lost: Failure | null = null;
  /** `time`: of what made us look. */
  const look = (time: string) => {
    readAt = system.now();
    const next = readStatus(system);
    if (isFailure(next)) {
      lost = next;
      return false;
    }
    for (const event of compareStatus(last, next)) tell({ time, ...event });
    last = next;
    return true;
  };
  const onLine = (line: string) => {
    const { time, at } = timeOf(line, system.now());
    // the kernel's own entries come and go with addresses, which are told too
    if (/ table local(?: |$)/.test(line)) return true;
    // it was done before we last looked: this line tells nothing new
    return at < readAt || look(time);
  };
  const quiet = { afterMs: 1000, act: () => look(new Date(system.now()).toISOString()) };
  const ended = await system.follow(monitor, onLine, quiet);
  if (lost !== null) return `cannot read links: ${(lost as Failure).path}`;
  if (isFailure(ended)) return `cannot run '${monitor.join(' ')}': ${ended.errno}`;
  // ip(8) ends by itself only if it fails; else a signal, its own or ours, has ended it
  if (ended.status !== null && ended.status !== 0 && ended.stderr !== '') {
    return `'${monitor.join(' ')}' ended: ${ended.stderr.trim()}`;
  }
  return last;
}

/** `[2026-11-23T23:03:26.334765] 3: ens11: <…`. */
function timeOf(line: string, now: number): { readonly time: string; readonly at: number } {
  const written = /^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})\d*\]/.exec(line)?.[1];
  const at = written === undefined ? Number.NaN : Date.parse(`${written}Z`);
  return Number.isNaN(at) ? { time: new Date(now).toISOString(), at: now } : { time: new Date(at).toISOString(), at };
}

type Difference = Omit<StatusEvent, 'time'>;

/** Groups and links are told by their names: a renamed link is another one. */
export function compareStatus(before: Status, after: Status): readonly Difference[] {
  const events: Difference[] = [];
  const { gone, come, both } = compareBy(before.groups, after.groups, ({ master }) => master);
  events.push(...gone.map(({ master }) => tellGroup(master, 'is gone')));
  for (const { master, links, datapath } of come) {
    events.push(tellGroup(master, `is here, datapath ${datapath}`), ...compareLinks([], links));
  }
  for (const [old, now] of both) events.push(...compareGroup(old, now));
  const problems = compareBy(before.problems, after.problems, ({ id, link, message }) => `${id}\0${link}\0${message}`);
  for (const { link, message } of problems.come) events.push({ event: 'problem', link, message });
  for (const { link, message } of problems.gone) events.push({ event: 'solved', link, message });
  return events;
}

function tellGroup(master: string, what: string): Difference {
  return { event: 'group', link: master, message: `failover group ${master} ${what}` };
}

function compareGroup(old: GroupStatus, now: GroupStatus): readonly Difference[] {
  const links = compareLinks(old.links, now.links);
  if (old.datapath === now.datapath) return links;
  const message = `datapath of ${now.master}: ${old.datapath} → ${now.datapath}, ${now.why}`;
  return [...links, { event: 'datapath', link: now.master, message }];
}

function compareLinks(before: readonly LinkStatus[], after: readonly LinkStatus[]): readonly Difference[] {
  const { gone, come, both } = compareBy(before, after, ({ name }) => name);
  return [
    ...gone.map(({ name, role }): Difference => ({ event: 'link', link: name, message: `${name} (${role}) is gone` })),
    ...come.flatMap(tellNewLink),
    ...both.flatMap(([old, now]) => compareLink(old, now)),
  ];
}

function tellNewLink(link: LinkStatus): readonly Difference[] {
  const { name, role } = link;
  const bare: LinkStatus = { ...link, addresses: [], routes: [], managers: [] };
  const here: Difference = { event: 'link', link: name, message: `${name} is here: ${role}, ${carrierOf(link)}` };
  return [here, ...compareLink(bare, link)];
}

function compareLink(old: LinkStatus, now: LinkStatus): readonly Difference[] {
  const { name } = now;
  const events: Difference[] = [];
  if (old.role !== now.role) events.push({ event: 'link', link: name, message: `${name}: ${old.role} → ${now.role}` });
  if (carrierOf(old) !== carrierOf(now)) {
    events.push({ event: 'carrier', link: name, message: `${name}: ${carrierOf(old)} → ${carrierOf(now)}` });
  }
  const list = (event: Difference['event'], words: (link: LinkStatus) => readonly string[]) => {
    const { come, gone } = compareBy(words(old), words(now), (word) => word);
    events.push(...gone.map((word) => ({ event, link: name, message: `${name}: - ${word}` })));
    events.push(...come.map((word) => ({ event, link: name, message: `${name}: + ${word}` })));
  };
  list('address', ({ addresses }) => addresses.map(({ address }) => address));
  list('route', ({ routes }) => routes.filter(({ protocol }) => protocol !== 'kernel').map(describeRoute));
  list('manager', ({ managers }) => managers.map(describeManager));
  return events;
}

function carrierOf({ up, carrier }: LinkStatus): string {
  return up ? (carrier === true ? 'carrier' : 'no carrier') : 'down';
}

interface Comparison<Item> {
  readonly gone: readonly Item[];
  readonly come: readonly Item[];
  readonly both: readonly (readonly [old: Item, now: Item])[];
}

function compareBy<Item>(
  before: readonly Item[],
  after: readonly Item[],
  key: (item: Item) => string,
): Comparison<Item> {
  const old = new Map(before.map((item) => [key(item), item]));
  const now = new Map(after.map((item) => [key(item), item]));
  return {
    gone: [...old].flatMap(([name, item]) => (now.has(name) ? [] : [item])),
    come: [...now].flatMap(([name, item]) => (old.has(name) ? [] : [item])),
    both: [...now].flatMap(([name, item]) => {
      const other = old.get(name);
      return other === undefined ? [] : [[other, item] as const];
    }),
  };
}
