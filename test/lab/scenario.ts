/** What a scenario is: a guest's configuration, and what it does with it before and after failoverctl. */
import type { GuestFiles } from './guest.ts';
import type { LinkRole } from './links.ts';
import type { Manager } from './state.ts';

/**
 * `right`: one lease, on the master, nothing lost. `broken`: as `Broken` says. `race`: either; which of them is counted.
 */
export type Expectation = 'right' | 'race' | Broken;

export interface Broken {
  /** These hold an IPv4 address (more may). */
  readonly addressed: readonly LinkRole[];
  /**
   * Do they hold leases of their own (`several`)? dhclient sends no identity, so the server sees one client and mostly gives one
   * address to all, but not where they ask at the same moment: `any`.
   */
  readonly addresses: 'several' | 'any';
  /** Does anything come back from the addresses? `any` where it differs from run to run. */
  readonly loss: 'all' | 'any';
}

export interface Scenario {
  readonly name: string;
  /** The row of the table, in a line. */
  readonly title: string;
  /** Who configures links here; the lab asks this one what it manages. */
  readonly manager: Manager;
  readonly files: GuestFiles;
  /** Packages that lie beside the image and that this guest has. */
  readonly packages?: readonly string[];
  readonly untouched: Expectation;
  /** It stands for this stack in the table of stacks. */
  readonly stack?: string;
  /** Left to --long. */
  readonly longOnly?: boolean;
  /** The short run proves on this one that `lint --fix` alone leads to a guest that works. */
  readonly fixedInShortRun?: boolean;
  /** How many re-plugs the short run makes after `install --now`, if not 20; after `install --root` it makes 5. --long: 20. */
  readonly replugs?: number;
  /** The name that the configuration gives to the master, where it gives one. Held against the booted image. */
  readonly masterName?: string;
  /** The address that the configuration gives to the master by itself: with us it is there, and there alone, and nothing is leased. */
  readonly masterAddress?: string;
}

/**
 * `untouched`: boots and is looked at. `now`: the same, then `install --now`, re-plugs, a second install, `uninstall`.
 * `image`: `install --root` on the tree before its first boot, then the same. `fix`: `lint --fix` on that tree, and nothing
 * is installed.
 */
export const ways = ['now', 'image', 'fix', 'untouched'] as const;
export type Way = (typeof ways)[number];
