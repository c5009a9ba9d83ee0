/** What will cloud-init do to the network at the next boot? */
import { readInstalledCloudInit } from '../inventory/cloud-init.ts';
import { check, type Check } from './check.ts';
import { isFailure, type System } from '../system/system.ts';
import type { HostFacts } from '../topology/guest.ts';

export function checkCloudInit(system: System, host: HostFacts): readonly Check[] {
  return [...checkConfiguration(system, host), ...checkHotplugHook(system)];
}

function checkConfiguration(system: System, host: HostFacts): readonly Check[] {
  const installed = readInstalledCloudInit(system, host);
  if (installed === null) return [check('cloud-init', 'ok', 'not installed')];
  const version = host.cloudInitVersion ?? 'version not known';
  const { selection, disabled } = installed;
  if (disabled !== null) return [check('cloud-init', 'ok', `${version}; it leaves the network alone: ${disabled}`)];
  const renderer = installed.renderer ?? 'none that is known';
  if (selection.config !== null) {
    const found = `${version}; network configuration from the ${selection.from}, for ${renderer}`;
    const advice = "'failoverctl lint' says whether it is right";
    return [check('cloud-init', 'note', found, advice)];
  }
  // is_netfail_master: net/__init__.py, since 19.3
  const [major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(host.cloudInitVersion ?? '')?.slice(1) ?? []).map(Number);
  if (host.cloudInitVersion !== undefined && major * 100 + minor < 1903) {
    const advice = 'use 19.3 or later, which knows failover NICs, or give it a network configuration';
    return [check('cloud-init', 'todo', `${version}: its fallback configures any link`, advice)];
  }
  const found = `${version}; no network configuration is known yet: the datasource's, or a fallback for one link, by ${renderer}`;
  const advice = "in the seed, a network configuration by 'failoverctl generate cloud-init' is right in any case";
  return [check('cloud-init', 'note', found, advice)];
}

/** Written where `updates.network.when` has "hotplug" (cc_install_hotplug). */
const hotplugRules = '/etc/udev/rules.d/90-cloud-init-hook-hotplug.rules';

/** cloud-init waits for the VF to be up, and gives up: the lab's check cloud-hotplug. */
function checkHotplugHook(system: System): readonly Check[] {
  if (isFailure(system.read(hotplugRules))) return [];
  const found = `${hotplugRules}: at each VF that is plugged in cloud-init-hotplugd.service fails, after some 50 s; the network is right`;
  const advice =
    "if nothing else needs it, take hotplug out of 'updates: network: when:' in cloud-init's configuration";
  return [check('cloud-init hot-plug', 'note', found, advice)];
}
