/** Rules that work, but not as their authors will have thought. */
import { baseName } from '../../text/base-name.ts';
import { madeOnce } from '../../text/kept-with.ts';
import type { Claim, ConfigFile } from '../claim.ts';
import { compareNames } from '../systemd/files.ts';
import { compareFact } from './compare-fact.ts';
import { collectRules } from './predict.ts';
import type { RuleLine, RulesFile, RuleToken } from './rule-model.ts';
import { subjectOfToken } from './rule-claims.ts';

export interface RuleTrap {
  readonly kind:
    | 'slave-flag' // tests ATTR{flags}, where net_failover's slaves show nothing
    | 'early-master-test' // looks at the master before the kernel is sure to have set it
    | 'add-only'; // sets a property at some events, and not at the "move" that follows
  readonly place: Claim['place'];
  /** Of a property that is lost: the comparison that lets "move" pass by, if it stands in the same line. */
  readonly action?: RuleToken;
  /** Does the line start programs too? They would run at more events. */
  readonly runs?: boolean;
}

/** What network managers read: NetworkManager, networkd. */
const guardProperties = /^(?:NM_UNMANAGED|ID_NET_MANAGED_BY|NM_AUTO_DEFAULT.*)$/;

/**
 * Traps in rules, by what they say alone. The kernel enslaves a VF only after its "add" event (register_netdevice() in
 * net/core/dev.c); an ethtool call of udev's own waits until that is done: net_driver in 50-udev-default.rules since 255,
 * net_setup_link in 80-net-setup-link.rules before. Of files outside of /etc only lines that guard are looked at.
 */
export function findRuleTraps(files: readonly ConfigFile[], version: number | undefined): readonly RuleTrap[] {
  const barrier = version !== undefined && version >= 255 ? '50-udev-default.rules' : '80-net-setup-link.rules';
  return collectRules(files, version).files.flatMap((file) =>
    compareNames(baseName(file.source.path), barrier) <= 0 ? trapsInEarly(file) : trapsInLate(file),
  );
}

const trapsInEarly = madeOnce((file: RulesFile) => findTraps(file, true));
const trapsInLate = madeOnce((file: RulesFile) => findTraps(file, false));

function findTraps(file: RulesFile, early: boolean): readonly RuleTrap[] {
  const traps: RuleTrap[] = [];
  const { source, lines } = file;
  const isOwn = source.path.startsWith('/etc/');
  const atMove = reachedAt(file, 'move');
  const before = ['add', 'bind', 'change'].map((action) => reachedAt(file, action));
  for (const line of lines) {
    const { plan } = line;
    const guards = plan.assignments.some(isGuard);
    // lines of other devices are none of ours
    if ((!isOwn && !guards) || plan.comparisons.some(isAgainstLinks)) continue;
    const lost = !atMove.has(line) && before.some((reached) => reached.has(line));
    // netvsc sets IFF_SLAVE on its VF, whose parent's driver is hv_pci
    const forNetvsc = line.tokens.some(({ key, value }) => key === 'DRIVERS' && value.startsWith('hv_'));
    for (const token of line.tokens) {
      const place = { source, span: token.span };
      const compares = token.operator === '==' || token.operator === '!=';
      const testsFlags = compares && !forNetvsc && token.key === 'ATTR' && token.attribute === 'flags';
      if (testsFlags) traps.push({ kind: 'slave-flag', place });
      if (compares && early && (testsFlags || subjectOfToken(token) === 'master'))
        traps.push({ kind: 'early-master-test', place });
      const action = plan.comparisons.find((one) => one.key === 'ACTION' && compareFact(one, 'move') === 'no');
      if (!compares && lost && token.key === 'ENV' && (isGuard(token) || (isOwn && action !== undefined)))
        traps.push({
          kind: 'add-only',
          place,
          ...(action === undefined ? {} : { action }),
          runs: line.tokens.some(({ key }) => key === 'RUN' || key === 'PROGRAM' || key === 'IMPORT'),
        });
    }
  }
  return traps;
}

function isGuard({ key, attribute, operator }: RuleToken): boolean {
  return key === 'ENV' && operator !== '==' && operator !== '!=' && guardProperties.test(attribute ?? '');
}

function isAgainstLinks(token: RuleToken): boolean {
  return token.key === 'SUBSYSTEM' && compareFact(token, 'net') === 'no';
}

/** The lines that rules can come to for a link at an event, if what they ask besides may hold or not. */
function reachedAt({ lines, targets }: RulesFile, action: string): ReadonlySet<RuleLine> {
  const reached = new Set<RuleLine>();
  let resumesAt = 0;
  for (const [index, line] of lines.entries()) {
    if (index < resumesAt) continue;
    const { comparisons, parents, late } = line.plan;
    const verdicts = comparisons.map((token) => {
      if (token.key === 'ACTION') return compareFact(token, action);
      return token.key === 'SUBSYSTEM' ? compareFact(token, 'net') : 'maybe';
    });
    if (verdicts.includes('no')) continue;
    reached.add(line);
    const target = targets.get(line);
    const always = verdicts.every((verdict) => verdict === 'yes') && parents.length === 0 && late.length === 0;
    if (target !== undefined && always) resumesAt = target;
  }
  return reached;
}
