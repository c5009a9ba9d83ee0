/** FO304 property-at-add-only: A udev rule that sets a property at some events and not at move. */
import { findRuleTraps } from '../../managers/udev/traps.ts';
import { fixLostProperty } from '../rule-fixes.ts';
import { textAt } from '../../text/source.ts';
import type { Rule } from '../rule.ts';

export const propertyAtAddOnly: Rule = {
  id: 'FO304',
  name: 'property-at-add-only',
  severity: 'warning',
  what: 'A udev rule that sets a property at add, change or bind, and not at move.',
  why: 'Renaming a link sends a move event. udev then runs all rules again and starts without properties: what was set at add is gone before a network manager looks.',
  source: 'measured on systemd 257; udev(7)',
  bad: [
    {
      files: {
        '/etc/udev/rules.d/85-guard.rules':
          'ACTION!="add|change", GOTO="end"\nSUBSYSTEM=="net", ATTR{phys_port_name}=="sby", ENV{NM_UNMANAGED}="1"\nLABEL="end"\n',
      },
    },
    {
      files: {
        '/usr/lib/udev/rules.d/85-guard.rules':
          'SUBSYSTEM=="net", ACTION=="add|change", ATTR{phys_port_name}=="sby", ENV{ID_NET_MANAGED_BY}="nobody"\n',
      },
    },
    {
      files: {
        '/etc/udev/rules.d/95-guard.rules':
          'SUBSYSTEM=="net", ACTION=="add", ATTR{phys_port_name}=="sby", ENV{NM_UNMANAGED}="1"\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/udev/rules.d/85-guard.rules':
          'ACTION=="remove", GOTO="end"\nSUBSYSTEM=="net", ATTR{phys_port_name}=="sby", ENV{NM_UNMANAGED}="1"\nLABEL="end"\n',
      },
    },
    {
      files: {
        '/etc/udev/rules.d/95-guard.rules':
          'SUBSYSTEM=="net", ACTION!="remove", ATTR{phys_port_name}=="sby", ENV{NM_UNMANAGED}="1"\n',
      },
    },
  ],
  check: (view) =>
    findRuleTraps(view.files.get('udev') ?? [], view.guest.host.systemdVersion)
      .filter(({ kind }) => kind === 'add-only')
      .map((trap) => ({
        place: trap.place,
        message: `'${textAt(trap.place)}': not set at the "move" event that a rename sends, expected every event but "remove"`,
        help: 'use ACTION!="remove"',
        fix: fixLostProperty(view, trap),
      })),
};
