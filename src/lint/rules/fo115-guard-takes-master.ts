/** FO115 guard-takes-master: what is to keep a manager off the slaves goes by the MAC, which the master has too. */
import type { Rule } from '../rule.ts';
import type { LintView } from '../rule.ts';
import type { RuleFinding } from '../../findings/rule.ts';
import type { Claim } from '../../managers/claim.ts';
import { fixIfcfg } from '../ifcfg-fixes.ts';
import { describeKey, isHarmless } from '../slave-claims.ts';

export const guardTakesMaster: Rule = {
  id: 'FO115',
  name: 'guard-takes-master',
  severity: 'error',
  what: 'A line that leaves links unmanaged by the MAC of a failover group: NM_CONTROLLED=no beside HWADDR=, unmanaged-devices=mac:…',
  why: 'The master has the same MAC. All three links are left alone, and the guest has no network. cloud-init 22.4 writes NM_CONTROLLED=no and HWADDR for RHEL. FO112 says it of a whole system.',
  source: 'NetworkManager 1.42.4 with ifcfg-rh, run; create_unhandled_connection() of nms-ifcfg-rh-reader.c',
  bad: [
    {
      files: {
        '/etc/sysconfig/network-scripts/ifcfg-enp1s0nsby':
          'DEVICE=enp1s0nsby\nHWADDR=52:54:00:00:12:53\nNM_CONTROLLED=no\nONBOOT=no\n',
      },
    },
    {
      files: {
        '/etc/NetworkManager/conf.d/slaves.conf': '[keyfile]\nunmanaged-devices=mac:52:54:00:00:12:53\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/sysconfig/network-scripts/ifcfg-enp1s0nsby': 'DEVICE=enp1s0nsby\nNM_CONTROLLED=no\nONBOOT=no\n',
        '/etc/NetworkManager/conf.d/slaves.conf':
          '[keyfile]\nunmanaged-devices=mac:52:54:00:00:12:53,except:interface-name:enp1s0\n',
      },
    },
  ],
  check: (view) => (view.whole ? [] : findTaken(view).map((taken) => describe(view, taken))),
};

interface Taken {
  readonly claim: Claim;
  readonly master: string;
  readonly phase: string;
}

function findTaken({ decisions }: LintView): readonly Taken[] {
  const found: Taken[] = [];
  for (const { link, phase, winners } of decisions) {
    if (link.role !== 'master') continue;
    for (const claim of winners) {
      const isByMac = claim.keys.some(({ on, verdict }) => on.endsWith('mac') && verdict === 'yes');
      const isByName = claim.keys.some(({ on, verdict }) => on === 'name' && verdict === 'yes');
      const isNew = !found.some((one) => one.claim.place === claim.place && one.master === link.name);
      if (isHarmless(claim) && isByMac && !isByName && isNew)
        found.push({ claim, master: link.name, phase: phase.name });
    }
  }
  return found;
}

function describe(view: LintView, { claim, master, phase }: Taken): RuleFinding {
  const mac = claim.keys.find(({ on, verdict }) => on.endsWith('mac') && verdict === 'yes');
  const place = mac?.place ?? claim.place;
  const words = mac === undefined ? claim.reason : describeKey(mac);
  const device = /^[ \t]*DEVICE=(["']?)(.*)\1[ \t]*$/m.exec(place.source.text)?.[2];
  return {
    message: `'${words}': leaves the master ${master} unmanaged too, expected a match of the slaves alone`,
    place,
    link: master,
    phase,
    help: 'name the slave (DEVICE=, interface-name:), or except the master (except:interface-name:MASTER)',
    fix: fixIfcfg(
      view,
      device === master ? `let NetworkManager configure ${master}` : `leave ${device ?? ''} alone, by its name`,
      device === undefined ? [] : [{ place, key: device === master ? 'NM_CONTROLLED' : 'HWADDR', by: null }],
    ),
  };
}
