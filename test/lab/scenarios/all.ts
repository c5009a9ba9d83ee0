import type { Scenario } from '../scenario.ts';
import { dhcpcdScenarios } from './dhcpcd.ts';
import { ifupdownScenarios } from './ifupdown.ts';
import { netplanScenarios } from './netplan.ts';
import { networkdScenarios } from './networkd.ts';
import { networkManagerScenarios } from './networkmanager.ts';

export const scenarios: readonly Scenario[] = [
  ...networkdScenarios,
  ...netplanScenarios,
  ...ifupdownScenarios,
  ...networkManagerScenarios,
  ...dhcpcdScenarios,
];
