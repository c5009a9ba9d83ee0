/** The udev rules that give each link its role, and what they start. The same for every guest; hooks/udev says how they work. */
import { text as forget } from 'hook:udev/forget-master';
import { text as forgetTimer } from 'hook:udev/net-failover-forget@.timer';
import { text as forgetUnit } from 'hook:udev/net-failover-forget@.service';
import { text as followScript } from 'hook:udev/follow-promiscuity';
import { text as followRules } from 'hook:udev/93-net-failover-promiscuity.rules';
import { text as followUnit } from 'hook:udev/net-failover-promiscuity.service';
import { text as release } from 'hook:udev/release-slave';
import { text as releaseUnit } from 'hook:udev/net-failover-release@.service';
import { text as rules } from 'hook:udev/92-net-failover.rules';
import { shippedFile, type GeneratedFile } from '../generated-file.ts';
import type { MasterConfig } from '../master-config.ts';
import type { Rendering } from '../description.ts';

export const rulesPath = '/etc/udev/rules.d/92-net-failover.rules';

/** The rules are part of every other manager's files: there is nothing beside them. */
export const rendering: Rendering = { guard: () => [], render: () => [] };

/** What passes promiscuous mode on to the slaves; its rules start it. */
export const followUnitPath = '/etc/systemd/system/net-failover-promiscuity.service';
export const followRulesPath = '/etc/udev/rules.d/93-net-failover-promiscuity.rules';

export function renderUdev(
  config: Pick<MasterConfig, 'command' | 'stack' | 'followsBridges'>,
): readonly GeneratedFile[] {
  const isFollowing = config.followsBridges === true || (config.stack?.bridge ?? null) !== null;
  return [...renderRoles(config), ...(isFollowing ? renderFollower(config) : [])];
}

function renderFollower(config: Pick<MasterConfig, 'command'>): readonly GeneratedFile[] {
  return [
    shippedFile(followRulesPath, 0o644, config, followRules),
    shippedFile('/usr/local/lib/failoverctl/follow-promiscuity', 0o755, config, followScript),
    shippedFile(followUnitPath, 0o644, config, followUnit),
  ];
}

function renderRoles(config: Pick<MasterConfig, 'command'>): readonly GeneratedFile[] {
  return [
    shippedFile(rulesPath, 0o644, config, rules),
    shippedFile('/usr/local/lib/failoverctl/release-slave', 0o755, config, release),
    shippedFile('/etc/systemd/system/net-failover-release@.service', 0o644, config, releaseUnit),
    shippedFile('/usr/local/lib/failoverctl/forget-master', 0o755, config, forget),
    shippedFile('/etc/systemd/system/net-failover-forget@.service', 0o644, config, forgetUnit),
    shippedFile('/etc/systemd/system/net-failover-forget@.timer', 0o644, config, forgetTimer),
  ];
}
