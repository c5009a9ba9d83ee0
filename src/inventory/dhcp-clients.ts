/** DHCP clients that run as processes of their own. */
import { composedPath } from '../managers/dhcpcd/guard.ts';
import { isFailure, type System } from '../system/system.ts';

export interface DhcpClient {
  readonly pid: number;
  readonly program: string;
  /** The links that it serves. Empty: whatever there is. */
  readonly links: readonly string[];
  /** Of one that serves whatever there is: links that it leaves alone. */
  readonly spares: readonly string[];
}

/** DHCP clients that run as processes of their own. networkd and NetworkManager have theirs built in. */
export function findDhcpClients(system: System): readonly DhcpClient[] {
  const entries = system.list('/proc');
  if (isFailure(entries)) return [];
  return entries
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid): readonly DhcpClient[] => {
      const text = system.read(`/proc/${pid}/cmdline`);
      if (isFailure(text) || text === '') return [];
      const [path = '', ...args] = text.replace(/\0$/, '').split('\0');
      // dhcpcd 9 and 10 rename themselves: "dhcpcd: ens11 [ip4]"; "dhcpcd: [manager] …" serves all; the rest are helpers
      const title = /^dhcpcd: (\[manager\]|[^\s[]\S*) /.exec(`${path} `)?.[1];
      if (title !== undefined) {
        const isService = title === '[manager]';
        const spares = isService ? findSpared(system) : [];
        return [{ pid: Number(pid), program: 'dhcpcd', links: isService ? [] : [title], spares }];
      }
      const words = /^(?:\S*\/)?busybox$/.test(path) ? args : [path, ...args];
      const program = (words[0] ?? '').replace(/^.*\//, '');
      const linksOf = Object.hasOwn(clients, program) ? clients[program] : undefined;
      return linksOf === undefined ? [] : [{ pid: Number(pid), program, links: linksOf(words.slice(1)), spares: [] }];
    })
    .sort((a, b) => a.pid - b.pid);
}

/** What each client's command line says of its links; a word that is an option's value is not one. */
const clients: Readonly<Record<string, (args: readonly string[]) => readonly string[]>> = {
  // dhclient(8), options that take a value
  dhclient: (args) =>
    operandsOf(
      args,
      '-p -D -e -lf -pf -df -cf -sf -s -g -4o6 --prefix-len-hint --decline-wait-time --address-prefix-len'.split(' '),
    ),
  udhcpc: (args) => optionValues(args, '-i', '--interface'),
  udhcpc6: (args) => optionValues(args, '-i', '--interface'),
  // dhcpcd(8), likewise
  dhcpcd: (args) =>
    operandsOf(
      args,
      [...'cefhijlmorstuvyzCFIOQSWXZ'].map((letter) => `-${letter}`),
    ),
};

function operandsOf(args: readonly string[], valued: readonly string[]): readonly string[] {
  const operands: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (valued.includes(word)) at += 1;
    else if (!word.startsWith('-')) operands.push(word);
  }
  return operands;
}

function optionValues(args: readonly string[], ...names: readonly string[]): readonly string[] {
  return args.flatMap((word, index) => {
    if (names.includes(word)) return args[index + 1] ?? [];
    const glued = names.find((name) => word.startsWith(name.startsWith('--') ? `${name}=` : name) && word !== name);
    return glued === undefined ? [] : word.slice(glued.startsWith('--') ? glued.length + 1 : glued.length);
  });
}

/** hooks/dhcpcd/dhcpcd-slaves gives each slave a block of its own, by which the service leaves it alone. */
function findSpared(system: System): readonly string[] {
  const composed = system.read(composedPath);
  return isFailure(composed) ? [] : [...composed.matchAll(/^# the slave (\S+)$/gm)].map(([, name = '']) => name);
}
