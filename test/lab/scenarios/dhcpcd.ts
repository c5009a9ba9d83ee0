import type { Scenario } from '../scenario.ts';
import { dhcpcdEnabled } from './units.ts';

export const dhcpcdScenarios: readonly Scenario[] = [
  {
    name: 'dhcpcd-service',
    longOnly: true,
    title: 'dhcpcd as a service, with the configuration that Debian ships',
    manager: 'dhcpcd',
    packages: ['dhcpcd-base', 'dhcpcd'],
    files: dhcpcdEnabled,
    untouched: { addressed: ['master', 'standby', 'primary'], addresses: 'any', loss: 'any' },
  },
];
