/**
 * What systemd.network(5) has to say so that a migration costs the master neither address nor identity. Used by networkd's
 * own file and by the drop-in to netplan's.
 *
 * - While the VF is away and the hypervisor moves the guest, the standby may be without carrier too, and so the master.
 *   IgnoreCarrierLoss= takes a time span since systemd 250; before that, the daemon ignores the second line with a message,
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
