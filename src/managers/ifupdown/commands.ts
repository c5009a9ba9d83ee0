/**
 * What the command lines of a stanza do to links that they name: `up ip link set enp2s0 down`. Only the plain form, with the
 * link's whole name; a script may do anything, and is not looked into.
 */
import { optionNamed } from './effects.ts';
import type { Stanza } from './stanza.ts';
import type { Effect } from '../claim.ts';
import type { Place } from '../../text/source.ts';

export interface Command {
  readonly words: readonly string[];
  readonly place: Place;
}

/** Those that are run when the stanza is brought up, cut at `;`, `&&` and `||`. */
export function commandsOf(stanza: Stanza): readonly Command[] {
  return ['pre-up', 'up'].flatMap((option) =>
    (optionNamed(stanza, option)?.parts ?? []).flatMap(({ value, place }) =>
      value.split(/;|&&|\|\|/).map((text): Command => {
        const words = text.trim().split(/\s+/);
        return { words: [words[0]?.replace(/^\/(?:usr\/)?s?bin\//, '') ?? '', ...words.slice(1)], place };
      }),
    ),
  );
}

/** Effects on a link that is another than the stanza's own. */
export function commandEffects(stanza: Stanza, name: string): readonly Effect[] {
  return commandsOf(stanza).flatMap(({ words, place }): readonly Effect[] => {
    const [program = '', ...rest] = words;
    if (!rest.some((word) => word === name || sysctlLink(word) === name)) return [];
    if (isDown(program, rest)) return [{ kind: 'down', detail: words.join(' '), place }];
    return keepsState(program, rest) ? [{ kind: 'state', detail: words.join(' '), place }] : [];
  });
}

function isDown(program: string, words: readonly string[]): boolean {
  return (
    (program === 'ip' && words.includes('set') && words.at(-1) === 'down') ||
    (program === 'ifconfig' && words[1] === 'down')
  );
}

/** Programs that leave something on the netdev itself, which goes with it. */
function keepsState(program: string, words: readonly string[]): boolean {
  switch (program) {
    case 'tc':
      return words.some((word) => word === 'add' || word === 'replace');
    case 'ethtool':
      return /^-(?:[A-Z]|-set|-change|-coalesce|-offload|-features|-config)/.test(words[0] ?? '');
    case 'nft':
      return words.includes('add') && words.includes('netdev');
    case 'sysctl':
      return true;
    case 'ip':
      return (
        words.includes('set') &&
        words.some((word) => ['promisc', 'xdp', 'xdpgeneric', 'txqueuelen', 'allmulticast'].includes(word))
      );
    default:
      return false;
  }
}

/** net.ipv4.conf.NAME.key, or with slashes. */
function sysctlLink(word: string): string | undefined {
  return /^net[./]ipv[46][./](?:conf|neigh)[./]([^./]+)[./]/.exec(word)?.[1];
}
