/** The tree for people: a group, its links, what each has. */
import type { GroupStatus, LinkStatus, Status } from './model.ts';
import { printable } from '../report/table.ts';
import type { Lease } from '../inventory/leases.ts';
import type { LinkManager } from '../inventory/link-managers.ts';
import type { Route } from '../inventory/network.ts';

interface Branch {
  readonly text: string;
  readonly below: readonly Branch[];
}

export function renderTree({ groups, orphans, problems, healthy }: Status): string {
  const wrong = problems.map(({ message }) => `wrong: ${printable(message)}`);
  if (groups.length === 0 && orphans.length === 0) return `${['no failover group', ...wrong].join('\n')}\n`;
  const trees = [...groups.map(branchOfGroup), ...orphans.map(branchOfLink)];
  const lines = trees.flatMap((tree) => [tree.text].concat(drawBelow(tree, '')));
  const verdict =
    problems.length === 0 ? [healthy === true ? 'healthy' : 'not known: what is unreadable may be wrong'] : wrong;
  return `${[...lines, '', ...verdict].join('\n')}\n`;
}

function drawBelow({ below }: Branch, indent: string): readonly string[] {
  return below.flatMap((branch, index) => {
    const last = index === below.length - 1;
    return [`${indent}${last ? '└─ ' : '├─ '}${branch.text}`, ...drawBelow(branch, `${indent}${last ? '   ' : '│  '}`)];
  });
}

function branchOfGroup({ kind, mac, master, datapath, why, links }: GroupStatus): Branch {
  const [first, ...slaves] = links;
  const path = { text: printable(`datapath ${datapath}: ${why}`), below: [] };
  const own = first === undefined ? [] : detailsOf(first);
  const state = first === undefined ? '' : `, ${stateOf(first)}`;
  return {
    text: `${printable(master)}  master, ${kind}, ${mac}${state}`,
    below: [path, ...own, ...slaves.map(branchOfLink)],
  };
}

function branchOfLink(link: LinkStatus): Branch {
  return { text: `${printable(link.name)}  ${link.role}, ${stateOf(link)}`, below: detailsOf(link) };
}

function stateOf({ up, carrier }: LinkStatus): string {
  return up ? `up, ${carrier === true ? 'carrier' : 'no carrier'}` : 'down';
}

function detailsOf({ addresses, leases, routes, managers, uppers, bridge }: LinkStatus): readonly Branch[] {
  const lines = [
    ...(bridge === null ? [] : [`port of the bridge ${bridge.name}, ${bridge.otherPorts.length} others beside it`]),
    ...(uppers.length === 0 ? [] : [`${uppers.length} on it: ${uppers.join(', ')}`]),
    ...addresses.map((entry) => {
      const lease = leases.find(({ address }) => entry.address.startsWith(`${address}/`));
      return `address ${entry.address}${lease === undefined ? '' : describeLease(lease)}`;
    }),
    ...routes.filter(({ protocol }) => protocol !== 'kernel').map(describeRoute),
    ...managers.map(describeManager),
  ];
  return lines.map((text) => ({ text: printable(text), below: [] }));
}

function describeLease({ server, from, validFor }: Lease): string {
  const words = [
    from === 'kernel' ? 'leased' : `leased by ${from}`,
    ...(server === null ? [] : [`from ${server}`]),
    ...(validFor === null ? [] : [`for ${validFor} s more`]),
  ];
  return `, ${words.join(' ')}`;
}

export function describeRoute({ to, via, metric, table }: Route): string {
  const through = via === null ? '' : ` via ${via}`;
  return `route ${to}${through}, metric ${metric}${table === 'main' ? '' : `, table ${table}`}`;
}

export function describeManager({ manager, state, by }: LinkManager): string {
  return `${manager}: ${state}${by === null ? '' : `, ${by}`}`;
}
