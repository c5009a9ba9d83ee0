/**
 * What systemd.network(5) has to say so that a migration costs the master neither address nor identity. Used by networkd's
 * own file and by the drop-in to netplan's. Measured by the lab's migration rows (systemd 252, QEMU 7.2, an e1000e as VF):
 *
 * - Where the standby has a link, the master has carrier throughout: no setting makes a difference.
 * - Where the host keeps the standby's link down, as with libvirt's <link state='down'/>, the master is without carrier
 *   until the target's VF has its link, for some four seconds. networkd then took the address away and asked for it again in
 *   8 of 8 moves without IgnoreCarrierLoss=, in 0 of 4 with it.
 * - Of ClientIdentifier= nothing was measured but that networkd's own identity got the same address back each time that it asked.
 * - KeepConfiguration= is for a daemon that is stopped, by an upgrade perhaps, whether the guest migrates or not: stopped for
 *   five seconds it left the guest dark for twelve, and with the setting reachable all the time.
 *
 * - IgnoreCarrierLoss= takes a time span since systemd 250; before that, the daemon ignores the second line with a message,
 *   and the first holds.
 * - KeepConfiguration=: since systemd 257 "dynamic-on-stop", which the old word still means (networkd-network.c,
 *   config_parse_keep_configuration).
 */
export const keepThroughMigration = `# The master may be without carrier for a moment while the guest is migrated: its addresses stay.
IgnoreCarrierLoss=yes
IgnoreCarrierLoss=30s
`;

export const keepLeaseOnStop = `# A daemon that is stopped gives the lease back to nobody.
KeepConfiguration=dhcp-on-stop
`;
