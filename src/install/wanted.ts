/** Which files an installation wants: guards of every manager in use, the master's configuration of one, the hooks. */
import { patchCloudHelper } from '../managers/ifupdown/render-cloud-helper.ts';
import { findManager, loadManagers, loadRenderings, type LoadedManagers, type Renderings } from '../managers/all.ts';
import { stanzaPath } from '../managers/ifupdown/render.ts';
import { renderFor } from '../managers/render.ts';
import { renderUdev } from '../managers/udev/render.ts';
import { isFailure, type Failure, type System } from '../system/system.ts';
import { readGuestLinks, type GuestLinks } from '../topology/guest-live.ts';
import { readHostFacts } from '../inventory/host-facts.ts';
import { findExistingClaims, isWrittenByCloudInit, readFilesWithout, type ExistingClaim } from './existing-claim.ts';
import { dropListGuard, tellOrdinaryNics } from './beside-profiles.ts';
import { findImageClaims, findRestingNics, type ImageClaims } from './image-claims.ts';
import { wantInitramfsHooks } from './initramfs.ts';
import { findBound, findMoves, noMoves, type Moves } from './moves.ts';
import { wantSourceLine } from './source-line.ts';
import type { GeneratedFile } from '../managers/generated-file.ts';
import type { MasterConfig, MasterTarget } from '../managers/master-config.ts';
import { renderersOf, type ManagerUses } from '../inventory/managers-in-use.ts';
import type { ManagerName } from '../managers/claim.ts';
import type { RenderChoices } from '../managers/description.ts';
import type { Manifest } from '../inventory/manifest.ts';
import type { Wanted } from './plan.ts';

export interface WantedChoices {
  /** Who configures the masters. */
  readonly chosen: ManagerName;
  readonly managers: ManagerUses;
  /**
   * keep: where it is configured already it stays so; write: it is as `config` says; never: guards alone. keep-or-leave: where
   * nothing is, it is left to cloud-init, whose datasource may have an address for it: a file of ours would win over that.
   */
  readonly master: 'keep' | 'keep-or-leave' | 'write' | 'never';
  /** "FILE:LINE" of the definition that is the master's, as the user says; null: nothing is said. */
  readonly masterFrom: string | null;
  /** The check in the cloud helper is for whatever has a master, ports of bridges and bonds too. */
  readonly bluntHelper: boolean;
}

export interface WantedFiles {
  readonly files: readonly Wanted[];
  readonly kept: readonly ExistingClaim[];
  /** What the chosen manager is told of the masters; null: nothing. */
  readonly written: MasterConfig | null;
  /** Whoever boots first configures the masters: cloud-init. */
  readonly leftToCloudInit: boolean;
  /** Why nothing may be installed as it is. */
  readonly refusals: readonly string[];
  /** What could not be done, and why. */
  readonly notes: readonly string[];
}

/** What judges and what renders, loaded before anything is decided: an installation is one synchronous sequence. */
export interface Shelf {
  readonly managers: LoadedManagers;
  readonly renderings: Renderings;
}

export async function loadShelf(): Promise<Shelf> {
  return { managers: await loadManagers(), renderings: await loadRenderings() };
}

export function collectWanted(
  system: System,
  shelf: Shelf,
  config: MasterConfig,
  { chosen, managers, master, masterFrom, bluntHelper }: WantedChoices,
  installed: Manifest | null,
): WantedFiles {
  // The helper that is patched is the user's still, and configures the master as before.
  const bound = findBound(system, installed, config.masters);
  const users = new Set([helperPath, ...bound.map(({ path }) => path)]);
  const ours = new Set(installed?.files.map(({ path }) => path).filter((path) => !users.has(path)));
  const initramfs = wantInitramfsHooks(system, config);
  const guards = mergeFiles([
    ...renderUdev(config),
    ...initramfs.files,
    ...guardedBy(chosen, managers).flatMap((manager) => shelf.renderings.get(manager)?.guard(config) ?? []),
  ]);
  // What cloud-init has written since then is no reason to plan otherwise than for the image.
  const isAnyGuests = config.masters === null && master === 'keep-or-leave';
  const passedOver = (path: string) => ours.has(path) || (isAnyGuests && isWrittenByCloudInit(path));
  const isKept = master === 'keep' || master === 'keep-or-leave';
  const seen = isKept && config.masters !== null ? readGuestLinks(system) : null;
  const search = { config, chosen, managers, passedOver, seen };
  const moves = isKept && config.masters !== null ? findMovesOf(system, shelf, search, config.masters) : noMoves;
  const found = isKept ? withMoved(findClaims(system, shelf, search), moves) : noClaims;
  const wished = superseding(config, found, chosen);
  const kept = wished === null ? claimsOf(found) : [];
  const left = master === 'never' || (master === 'keep-or-leave' && claimsOf(found).length === 0);
  const open = left ? null : (wished ?? withoutKept(config, kept));
  const choices = choicesOf(managers, chosen);
  const beside = guardedBy(chosen, managers).includes('networkmanager')
    ? readFilesWithout(system, shelf.managers, actingOf(managers, ['networkmanager']), passedOver)
    : null;
  const host = readHostFacts(system, config.masters !== null);
  const resting = config.masters === null && beside !== null ? findRestingNics(beside, host) : null;
  const rendered = renderFor(
    shelf.renderings,
    chosen,
    { ...(open ?? config), ...(resting === null ? {} : { resting: resting.nics }) },
    choices,
  );
  const configured = open === null ? supporting(rendered) : rendered;
  // the guards are for all masters: they count before
  const files = dropListGuard(mergeFiles([...guards, ...configured]), beside, host);
  const patch = patchOfHelper(system, bluntHelper, installed);
  const line = files.some(({ path }) => path === stanzaPath) ? wantSourceLine(system, stanzaPath, installed) : null;
  return {
    files: [...files, ...patch.wanted, ...bound, ...moves.wanted, ...(line === null ? [] : [line])],
    kept,
    written: open,
    leftToCloudInit: left && master === 'keep-or-leave',
    refusals: moves.refusals,
    notes: [
      ...moves.notes,
      ...(left && master === 'keep-or-leave' ? [tellLeftToCloudInit(config)] : []),
      ...(config.masters === null && masterFrom === null ? tellUnknownMaster(found) : []),
      ...tellOrdinaryNics(files, resting?.untold ?? []),
      ...patch.notes,
      ...initramfs.notes,
    ],
  };
}

function tellLeftToCloudInit({ masters }: MasterConfig): string {
  const why = masters === null ? '' : ', which has not run in this boot';
  return `the master's configuration is left to cloud-init${why}; an addressing option, such as --dhcp4, writes it`;
}

function guardedBy(chosen: ManagerName, managers: ManagerUses): readonly ManagerName[] {
  return [...new Set([...actingOf(managers, [chosen]), ...renderersOf(managers, chosen)])];
}

function actingOf({ uses }: ManagerUses, first: readonly ManagerName[]): readonly ManagerName[] {
  return [...new Set([...first, ...uses.filter(({ inUse }) => inUse).map(({ manager }) => manager)])];
}

export function choicesOf(managers: ManagerUses, chosen: ManagerName): RenderChoices {
  const [first] = renderersOf(managers, chosen);
  return { netplanRenderer: first === 'networkmanager' ? 'NetworkManager' : 'networkd' } as const;
}

const noClaims: ImageClaims = { kept: [], catchAll: null };

function claimsOf({ kept, catchAll }: ImageClaims): readonly ExistingClaim[] {
  return catchAll === null ? kept : [...kept, catchAll];
}

interface ClaimSearch {
  readonly config: MasterConfig;
  readonly chosen: ManagerName;
  readonly managers: ManagerUses;
  readonly passedOver: (path: string) => boolean;
  /** The links of a running guest. */
  readonly seen: GuestLinks | null | Failure;
}

/** Of a running guest's masters; in an image of whatever NIC may be the master, under every manager that acts there. */
function findClaims(system: System, shelf: Shelf, search: ClaimSearch): ImageClaims {
  const { config, chosen, managers, passedOver, seen } = search;
  if (config.masters !== null)
    return {
      kept: findExistingClaims(system, shelf.managers, chosen, config.masters, passedOver, seen),
      catchAll: null,
    };
  const files = readFilesWithout(system, shelf.managers, actingOf(managers, [chosen]), passedOver);
  return findImageClaims(files, chosen, readHostFacts(system, false));
}

function findMovesOf(
  system: System,
  shelf: Shelf,
  { chosen, managers, passedOver, seen }: ClaimSearch,
  masters: readonly MasterTarget[],
): Moves {
  const files = readFilesWithout(system, shelf.managers, actingOf(managers, [chosen]), passedOver);
  return findMoves(system, files, masters, seen);
}

/** A profile that is moved is the master's configuration, whatever else was found for it. */
function withMoved(found: ImageClaims, { kept }: Moves): ImageClaims {
  const moved = new Set(kept.map(({ master }) => master));
  return { ...found, kept: [...kept, ...found.kept.filter(({ master }) => !moved.has(master))] };
}

/** A NIC of its own name may be another than the master. */
function tellUnknownMaster({ kept, catchAll }: ImageClaims): readonly string[] {
  if (kept.length === 0 || catchAll !== null) return [];
  const places = kept.map(({ place }) => place).join(', ');
  return [
    `no other configuration is written, and whether ${places} is for the master cannot be told from an image: ` +
      '--master-from FILE:LINE says that it is, --guard-only that the master is configured elsewhere, --dhcp4 writes its own',
  ];
}

/**
 * In an image nothing has a lease yet. What its catch-all asks for the master is better asked for by a file of the master's
 * own, with an identity and carrier settings that outlast a migration. On a running guest that would be another lease.
 */
function superseding(config: MasterConfig, { kept, catchAll }: ImageClaims, chosen: ManagerName): MasterConfig | null {
  if (config.masters !== null || kept.length > 0 || catchAll === null) return null;
  if (catchAll.asksFor === null || findManager(chosen)?.overridesCatchAll !== true) return null;
  const { dhcp4, dhcp6, ra } = catchAll.asksFor;
  return dhcp4 || dhcp6 ? { ...config, dhcp4, dhcp6, acceptRa: ra } : null;
}

/** What a manager needs beside, whoever configures the master: units that wait for the right links. */
function supporting(files: readonly GeneratedFile[]): readonly GeneratedFile[] {
  return files.filter(({ path }) => path.startsWith('/etc/systemd/system/systemd-networkd-wait-online'));
}

/** The masters that still want configuration; null if none does. */
function withoutKept(config: MasterConfig, kept: readonly ExistingClaim[]): MasterConfig | null {
  if (kept.length === 0) return config;
  const masters = config.masters?.filter(({ name }) => !kept.some((claim) => claim.master === name)) ?? [];
  return masters.length === 0 ? null : { ...config, masters };
}

/** The first of each path. */
function mergeFiles(files: readonly GeneratedFile[]): readonly GeneratedFile[] {
  return files.filter(({ path }, index) => files.findIndex((other) => other.path === path) === index);
}

const helperPath = '/etc/network/cloud-ifupdown-helper';

/** Debian's cloud images start ifup for every link by a helper of their own. */
function patchOfHelper(
  system: System,
  blunt: boolean,
  installed: Manifest | null,
): { readonly wanted: readonly Wanted[]; readonly notes: readonly string[] } {
  const known = installed?.files.find(({ path }) => path === helperPath)?.before;
  const text = known?.kind === 'file' ? known.text : system.read(helperPath);
  if (isFailure(text)) {
    return { wanted: [], notes: text.errno === 'ENOENT' ? [] : [`${helperPath} cannot be read (${text.errno})`] };
  }
  const outcome = patchCloudHelper(text, { blunt });
  if ('reason' in outcome) return { wanted: [], notes: [`${helperPath} is left as it is: ${outcome.reason}`] };
  const patch = (other: string) => {
    const patched = patchCloudHelper(other, { blunt });
    return 'text' in patched ? patched.text : other;
  };
  return { wanted: [{ path: helperPath, patch }], notes: [] };
}
