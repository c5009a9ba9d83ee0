/**
 * The Prometheus text format, for node_exporter's textfile collector: HELP and TYPE once, then all samples of a metric
 * together. prometheus.io/docs/instrumenting/exposition_formats.
 */
import { problemIds, type GroupStatus, type LinkStatus, type Status } from './model.ts';
import { printable } from '../report/table.ts';

type Labels = readonly (readonly [name: string, value: string])[];

interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: (status: Status) => readonly (readonly [labels: Labels, value: number])[];
}

const metrics: readonly Metric[] = [
  {
    name: 'failover_healthy',
    type: 'gauge',
    help: 'Whether failoverctl status finds nothing wrong.',
    samples: ({ healthy }) => [[[], bit(healthy === true)]],
  },
  {
    name: 'failover_problems',
    type: 'gauge',
    help: 'How many problems of each kind there are now.',
    samples: ({ problems }) =>
      problemIds.map((id) => [[['problem', id]], problems.filter((problem) => problem.id === id).length]),
  },
  {
    name: 'failover_unreadable',
    type: 'gauge',
    help: 'How many things could not be asked; problems may have been missed.',
    samples: ({ unreadable }) => [[[], unreadable.length]],
  },
  {
    name: 'failover_group_info',
    type: 'gauge',
    help: 'A failover group and its links; the value is always 1.',
    samples: ({ groups }) =>
      groups.map((group) => [
        [
          ...groupLabels(group),
          ['kind', group.kind],
          ['mac', group.mac],
          ['standby', group.standby ?? ''],
          ['primary', group.primary ?? ''],
        ],
        1,
      ]),
  },
  {
    name: 'failover_datapath',
    type: 'gauge',
    help: 'Which link carries the traffic: 1 for one of primary, standby and none.',
    samples: ({ groups }) =>
      groups.flatMap((group) =>
        ['primary', 'standby', 'none'].map(
          (path) => [[...groupLabels(group), ['path', path]], bit(group.datapath === path)] as const,
        ),
      ),
  },
  ofLinks('failover_link_up', 'gauge', 'Whether the link is switched on.', ({ up }) => bit(up)),
  ofLinks('failover_link_mtu_bytes', 'gauge', 'The MTU of the link.', ({ mtu }) => mtu),
  ofLinks('failover_link_promiscuous', 'gauge', 'Whether the link is set promiscuous.', ({ promiscuous }) =>
    bit(promiscuous),
  ),
  ofLinks(
    'failover_link_uppers',
    'gauge',
    'How many links stand on the link, its own master aside.',
    ({ uppers, bridge }) => uppers.length + (bridge === null ? 0 : 1),
  ),
  ofLinks('failover_link_carrier', 'gauge', 'Whether the link has carrier.', ({ carrier }) => bit(carrier === true)),
  ofLinks(
    'failover_link_carrier_changes_total',
    'counter',
    'How often the carrier came or went since the link is there.',
    ({ carrierChanges }) => carrierChanges,
  ),
  ofLinks('failover_link_addresses', 'gauge', 'How many addresses the link has.', ({ addresses }) => addresses.length),
  ofLinks('failover_link_leases', 'gauge', 'How many of them are leases.', ({ leases }) => leases.length),
  ofLinks(
    'failover_link_default_routes',
    'gauge',
    'How many default routes go through the link.',
    ({ routes }) => routes.filter(({ to }) => to === 'default').length,
  ),
  {
    name: 'failover_standby_up',
    type: 'gauge',
    help: 'Whether the standby is switched on, and could take over.',
    samples: ({ groups }) =>
      groups.flatMap((group) => {
        const standby = group.links.find(({ name }) => name === group.standby);
        return group.kind === 'net_failover' ? [[groupLabels(group), bit(standby?.up === true)] as const] : [];
      }),
  },
  {
    name: 'failover_link_managed',
    type: 'gauge',
    help: 'Whether this network manager configures the link.',
    samples: ({ groups }) =>
      eachLink(groups).flatMap(({ labels, link }) => {
        const names = [...new Set(link.managers.map(({ manager }) => manager))];
        return names.map((name) => {
          const active = link.managers.some((entry) => entry.manager === name && entry.active);
          return [[...labels, ['manager', name]], bit(active)] as const;
        });
      }),
  },
];

export function renderMetrics(status: Status): string {
  return metrics
    .map(({ name, type, help, samples }) => {
      const lines = samples(status).map(([labels, value]) => `${name}${printLabels(labels)} ${value}\n`);
      return lines.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
    })
    .join('');
}

/** A metric with one sample a link; null: not known. */
function ofLinks(
  name: string,
  type: Metric['type'],
  help: string,
  measure: (link: LinkStatus) => number | null,
): Metric {
  const samples = ({ groups }: Status) =>
    eachLink(groups).flatMap(({ labels, link }) => {
      const value = measure(link);
      return value === null ? [] : [[labels, value] as const];
    });
  return { name, type, help, samples };
}

function eachLink(groups: readonly GroupStatus[]): readonly { readonly labels: Labels; readonly link: LinkStatus }[] {
  return groups.flatMap((group) =>
    group.links.map((link) => ({
      labels: [...groupLabels(group), ['link', link.name], ['role', link.role]] as const,
      link,
    })),
  );
}

function groupLabels({ master }: GroupStatus): Labels {
  return [['master', master]];
}

/** Values are UTF-8: other bytes are shown as \xNN. Then backslash, quote and newline are escaped. */
function printLabels(labels: Labels): string {
  if (labels.length === 0) return '';
  const escape = (value: string) => printable(value).replace(/\\/g, '\\\\').replace(/"/g, '\\"');
  return `{${labels.map(([name, value]) => `${name}="${escape(value)}"`).join(',')}}`;
}

function bit(yes: boolean): 0 | 1 {
  return yes ? 1 : 0;
}
