/** All checks. */
import { cloudConfigs } from './cloud-config.ts';
import { cloudHotplugs } from './cloud-hotplug.ts';
import { cloudInstalls } from './cloud-install.ts';
import { confirms } from './confirm.ts';
import { credentials } from './credentials.ts';
import { belowUdevd, inMinimalGuest } from './executable.ts';
import { processesOfHooks } from './hook-processes.ts';
import { healOverItsConnection } from './heal.ts';
import { hotplugs } from './hotplug.ts';
import { earlyRules } from './hotplug-early.ts';
import { initramfsNetworks } from './initramfs.ts';
import { linkLocalOfSlaves } from './link-local.ts';
import { migrations } from './migration.ts';
import { migrationSettings } from './migration-settings.ts';
import { linkNames } from './names.ts';
import { nestedIgbs } from './nested-igb.ts';
import { networkManagerAgrees } from './networkmanager.ts';
import { stacksOnMaster } from './stacks.ts';
import { waitsOnline } from './wait-online.ts';
import type { Check } from './check.ts';

export const checks: readonly Check[] = [
  inMinimalGuest,
  belowUdevd,
  processesOfHooks,
  linkLocalOfSlaves,
  ...initramfsNetworks,
  healOverItsConnection,
  confirms,
  ...hotplugs,
  earlyRules,
  linkNames,
  ...waitsOnline,
  networkManagerAgrees,
  ...cloudConfigs,
  ...cloudHotplugs,
  ...cloudInstalls,
  ...credentials,
  ...migrations,
  migrationSettings,
  ...stacksOnMaster,
  ...nestedIgbs,
];
