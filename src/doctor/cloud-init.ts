/** What will cloud-init do to the network at the next boot? */
import { selectConfig } from '../managers/cloud-init/sources.ts';
import { chooseRenderer, cloudInit } from '../managers/cloud-init/manager.ts';
import { isFailure, type System } from '../system/system.ts';
import { check, type Check } from './check.ts';
import type { ConfigFile } from '../managers/claim.ts';
import type { HostFacts } from '../topology/guest.ts';

export function checkCloudInit(system: System, host: HostFacts): readonly Check[] {
  const present = ['/usr/bin/cloud-init', '/etc/cloud/cloud.cfg'].some((path) => !isFailure(system.stat(path)));
  if (!present) return [check('cloud-init', 'ok', 'not installed')];
  const version = host.cloudInitVersion ?? 'version not known';
  if (!isFailure(system.stat('/etc/cloud/cloud-init.disabled'))) {
    return [check('cloud-init', 'ok', `${version}, disabled by /etc/cloud/cloud-init.disabled`)];
  }
  const selection = selectConfig(readFiles(system), host.kernelCommandLine);
  const renderer = chooseRenderer(selection, host) ?? 'none that is known';
  if (selection.disabled !== null) {
    return [check('cloud-init', 'ok', `${version}; it leaves the network alone: ${selection.disabled}`)];
  }
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

function readFiles(system: System): readonly ConfigFile[] {
  const paths = cloudInit.locations.flatMap(({ path, pattern }) => {
    if (pattern === undefined) return path;
    const names = system.list(path);
    return isFailure(names) ? [] : names.filter((name) => pattern.test(name)).map((name) => `${path}/${name}`);
  });
  return paths.sort().flatMap((path) => {
    const text = system.read(path);
    return isFailure(text)
      ? []
      : { source: { path, text }, path, mode: undefined, uid: undefined, linkTarget: undefined };
  });
}
