/** What `detect` takes and its help. Apart from detect.ts, which seldom needs it. */
import { defineCommand, rootOption, snapshotOption } from './arguments.ts';

export function define() {
  return defineCommand(
    'detect',
    "Finds the guest's failover groups, and says of every link what it is and how that is known.",
  )
    .option('--json', 'print JSON, version 1')
    .option('-q, --quiet', 'print nothing; exit 1 when there is no failover group')
    .option(...rootOption)
    .option(...snapshotOption)
    .addHelpText(
      'after',
      `
A group is a net_failover master with its standby (virtio-net) and its primary (a VF), or a Hyper-V netvsc NIC with its
VF. Any of them but the master may be away.

Roles:
  master   the link to configure; it alone may have addresses
  standby  the virtio-net slave; leave it alone
  primary  the VF, enslaved; leave it alone
  pending  a PCI NIC with a master's MAC that is not enslaved yet; leave it alone
  none     not part of a failover group (ports of bonds, bridges, teams, VRFs and OVS too)

Datapath: the slave that the kernel sends on now. It is 'none' while the master is down or no slave has carrier. A netvsc
master without its VF shows 'standby', its own synthetic path.

Only /sys/class/net is read. An entry that cannot be read is reported on standard error and is not fatal.

Exit status: 0; with --quiet, 1 when there is no group; 2 wrong usage; 3 no readable sysfs.

Examples:
  failoverctl detect
  failoverctl detect --json | jq -r '.groups[].master'
  failoverctl detect --quiet && echo "this guest has a failover NIC"
`,
    );
}
