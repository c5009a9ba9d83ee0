/** FO112 master-unclaimed: no manager configures a master. */
import type { RuleFinding } from '../../findings/rule.ts';
import type { Claim, EffectKind } from '../../managers/claim.ts';
import type { Rule } from '../rule.ts';
import { configuresLinks } from '../../managers/all.ts';
import { positionAt } from '../../text/source.ts';
import type { LintView } from '../rule.ts';
import { isHarmless } from '../slave-claims.ts';

/** Ways to an address: its own, or that of what it is a port of or what stands on it; a command may do anything. */
const ways = new Set<EffectKind>(['address', 'dhcp4', 'dhcp6', 'ra', 'enslave', 'stack', 'command']);

/** One that leaves it alone, takes it down or only brings it up gives it no network. */
function configures(claim: Claim): boolean {
  return (
    !isHarmless(claim) &&
    claim.effects.every(({ kind }) => kind !== 'down') &&
    claim.effects.some(({ kind }) => ways.has(kind))
  );
}

/** What comes second counts where nothing is known to come first: a guard's udev property, say, that nobody could read. */
function mayConfigure({ winners, losers }: LintView['decisions'][number]): boolean {
  if (winners.some(configures)) return true;
  return winners.every(({ verdict }) => verdict === 'maybe') && losers.some(({ claim }) => configures(claim));
}

/** Would the claim be the master's under another name? The loopback is no NIC: whoever names it means it. Beside cloud-init it stands for what is written at boot. */
function namesAnother({ keys }: Claim, isWritten: boolean): boolean {
  const isNamed = keys.some(
    ({ on, verdict, value }) => on === 'name' && verdict === 'no' && (isWritten || value !== 'lo'),
  );
  // what else it asks for must fit; of a kind is no NIC, even where an old systemd may not know Kind=
  const fits = ({ on, verdict }: Claim['keys'][number]): boolean =>
    verdict === 'yes' || (verdict === 'maybe' && on !== 'kind');
  return isNamed && keys.every((key) => key.on === 'name' || fits(key));
}

export const masterUnclaimed: Rule = {
  id: 'FO112',
  name: 'master-unclaimed',
  severity: 'error',
  what: 'A master that no network manager gives an address or makes part of something that has one, in a whole configuration.',
  why: 'The guest comes up without a network.',
  source: 'each daemon’s match',
  bad: [
    {
      complete: true,
      files: {
        '/etc/systemd/network/20-wan.network': '[Match]\nDriver=net_failover\n\n[Link]\nActivationPolicy=always-down\n',
      },
    },
    {
      complete: true,
      files: {
        '/etc/systemd/network/20-wan.network': '[Match]\nDriver=net_failover\n\n[Network]\nLinkLocalAddressing=no\n',
      },
    },
    {
      complete: true,
      files: { '/etc/systemd/network/20-wan.network': '[Match]\nDriver=ixgbe\n\n[Network]\nDHCP=yes\n' },
    },
  ],
  good: [
    {
      complete: true,
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nDriver=net_failover hv_netvsc\n\n[Network]\nDHCP=yes\n\n[DHCPv4]\nClientIdentifier=mac\n',
      },
    },
  ],
  check: (view) => {
    const { decisions, whole, assumed, files, idle } = view;
    if (!whole) return [];
    const asleep = new Set(idle.map(({ manager }) => manager));
    // what it does nobody here knows: the run says that it was not judged
    if (idle.some(({ acts }) => acts === true)) return [];
    if (decisions.every(({ manager }) => !configuresLinks(manager) || asleep.has(manager))) return tellNobody(view);
    const boot = decisions.filter(
      ({ manager, link, phase }) => configuresLinks(manager) && link.role === 'master' && phase.name === 'boot',
    );
    const masters = [...new Set(boot.map(({ link }) => link.name))];
    const isWritten = (files.get('cloud-init') ?? []).length > 0;
    const findings: RuleFinding[] = [];
    for (const name of masters) {
      const decided = boot.filter(({ link }) => link.name === name);
      if (decided.some(mayConfigure)) continue;
      const near = decided.flatMap(({ winners, losers, passed }) =>
        winners.concat(
          losers.map(({ claim }) => claim),
          passed,
        ),
      );
      // an assumed guest's names are ours: a file that names another link may well mean this one
      if (assumed && near.some((claim) => namesAnother(claim, isWritten) && (isWritten || configures(claim)))) continue;
      // a datasource's seed is somebody's, too
      const written = near.filter(({ place }) => /^\/(?:etc|var\/lib\/cloud)\//.test(place.source.path));
      const first = written.find((claim) => !isHarmless(claim)) ?? written[0];
      const file = [...files.values()].flat().find(({ source }) => source.origin === undefined);
      const place = first?.place ?? (file && { source: file.source, span: { start: 0, end: 0 } });
      if (place === undefined) continue;
      const only = decided.some(({ winners }) =>
        winners.some(({ effects }) => effects.some(({ kind }) => kind === 'up')),
      );
      findings.push({
        message: only
          ? `${name}: this master is brought up without a way to an address, expected DHCP, an address, or a bridge, bond or VLAN that has one`
          : `${name}: no network manager configures this master, expected one`,
        place,
        related: first === undefined ? [] : [{ place: first.place, label: first.reason }],
        link: name,
        phase: 'boot',
        help: describeHelp(decided.flatMap(({ winners }) => winners).find(isHarmless)),
      });
    }
    return findings;
  },
};

/** install keeps what a file says of the master, also that it is to be left alone. */
function describeHelp(leaving: Claim | undefined): string {
  if (leaving === undefined) return "'failoverctl install' writes what the manager in use needs";
  const { source, span } = leaving.place;
  const place = `${source.path}:${positionAt(source, span.start).line}`;
  return `${place} tells ${leaving.manager} to leave the master alone: have it match the slaves only`;
}

/** Nobody acts at all: that is so whatever the links are called. */
function tellNobody({ idle, guest, files }: LintView): readonly RuleFinding[] {
  const given = [...files.values()].flat().find(({ path, source: { origin } }) => isOwn(path) && origin === undefined);
  const written = idle.find(({ file }) => file !== null)?.file ?? given;
  const source = written?.source ?? { path: '/etc', text: '' };
  const masters = (guest.phases[0]?.links ?? []).filter(({ role }) => role === 'master').map(({ name }) => name);
  const there = idle.filter(({ why: reason }) => reason !== 'not installed');
  const shown = there.length > 0 ? there : idle;
  const why = shown.map(({ manager, why: reason }) => `${manager}: ${reason}`).join('; ');
  return [
    {
      message: `no network manager configures the master ${masters.join(', ')}: none that is known here will act (${why})`,
      place: { source, span: { start: 0, end: 0 } },
      link: masters[0],
      phase: 'boot',
      help: 'enable the manager that its files are written for',
    },
  ];
}

/** Not what a distribution ships. */
function isOwn(path: string): boolean {
  return /^\/(?:etc|run)\//.test(path);
}
