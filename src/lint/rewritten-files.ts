/** Files that cloud-init writes anew, where a fix does not last: which they are, and where the change belongs. */
import type { Finding, Fix } from '../findings/finding.ts';

/** The names that its renderers use (cloudinit/net/*.py of 25.1): netplan, ENI, networkd, NetworkManager. */
const rewritten =
  /^\/(?:etc\/netplan\/50-cloud-init\.yaml|etc\/network\/interfaces\.d\/50-cloud-init(?:\.cfg)?|(?:etc|run)\/systemd\/network\/10-cloud-init-[^/]*\.network|(?:etc|run)\/NetworkManager\/system-connections\/cloud-init-[^/]*\.nmconnection)$/;

/** A fix that edits such a file says so. */
export function noteRewritten(finding: Finding): Finding {
  const { fix } = finding;
  const path = fix?.edits.map(({ place }) => place.source.path).find((one) => rewritten.test(one));
  if (fix === null || path === undefined) return finding;
  const where =
    'change the network configuration of its datasource, or set network: {config: disabled} in /etc/cloud/cloud.cfg.d';
  const noted: Fix = { ...fix, description: `${fix.description}; cloud-init rewrites ${path}: ${where}` };
  return { ...finding, fix: noted };
}
