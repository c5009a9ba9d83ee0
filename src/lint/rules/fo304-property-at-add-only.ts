/** FO304 property-at-add-only: A udev rule that sets a property at the add event only. */
import { findRuleTraps } from '../../managers/udev/udev.ts';
import type { Rule } from '../rule.ts';

export const propertyAtAddOnly: Rule = {
  id: 'FO304',
  name: 'property-at-add-only',
  severity: 'warning',
  what: 'A udev rule that sets a property at the add event only.',
  why: 'Renaming a link sends a move event, and udev runs the rules again with no properties: what was set at add is gone before a network manager looks.',
  source: 'measured on systemd 257; udev(7)',
  bad: [
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
        '/etc/udev/rules.d/95-guard.rules':
          'SUBSYSTEM=="net", ACTION!="remove", ATTR{phys_port_name}=="sby", ENV{NM_UNMANAGED}="1"\n',
      },
    },
  ],
  check: ({ files, guest }) =>
    findRuleTraps(files.get('udev') ?? [], guest.host.systemdVersion)
      .filter(({ kind, place }) => kind === 'add-only' && place.source.path.startsWith('/etc/'))
      .map(({ place }) => ({
        place,
        message: 'this property is set at "add" only, and is lost at the "move" event that a rename sends',
        help: 'expected ACTION!="remove"',
      })),
};
