/** Files that cloud-init writes anew, where a fix does not last: which they are, and where the change belongs. */
import type { Finding, Fix } from '../findings/finding.ts';

/** The names that its renderers use (cloudinit/net/*.py of 25.1): netplan, ENI, networkd, NetworkManager. */
const rewritten =
  /^\/(?:etc\/netplan\/50-cloud-init\.yaml|etc\/network\/interfaces\.d\/50-cloud-init(?:\.cfg)?|(?:etc|run)\/systemd\/network\/10-cloud-init-[^/]*\.network|(?:etc|run)\/NetworkManager\/system-connections\/cloud-init-[^/]*\.nmconnection)$/;

/** ifcfg files may be anybody's: of those it says so itself (_make_header() of net/sysconfig.py). */
const header = /^# Created by cloud-init/m;

/** A fix that edits such a file says so. */
export function noteRewritten(finding: Finding): Finding {
  const { fix } = finding;
  const path = fix?.edits
    .map(({ place }) => place.source)
    .find((one) => rewritten.test(one.path) || header.test(one.text))?.path;
  if (fix === null || path === undefined) return finding;
  const where =
    'change the network configuration of its datasource, or set network: {config: disabled} in /etc/cloud/cloud.cfg.d';
  const note = `cloud-init rewrites ${path}: ${where}`;
  const noted: Fix = { ...fix, description: `${fix.description}; ${note}`, note };
  return { ...finding, fix: noted };
}
