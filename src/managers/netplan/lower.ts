/** The files that netplan writes at boot, with the YAML's places: for networkd, udev and NetworkManager. */
import { isPhysical, type Definition } from './definition.ts';
import { findLinks, type Links } from './links.ts';
import { lowerLink, lowerNameRule } from './lower-link.ts';
import { lowerForNetworkManager } from './lower-network-manager.ts';
import { lowerNetwork } from './lower-network.ts';
import { lowerNetdev } from './lower-networkd.ts';
import { lowerProfile } from './lower-profile.ts';
import { readFiles, type ReadFiles } from './read.ts';
import type { ConfigFile } from '../claim.ts';

/** None, or fewer than all, if netplan refuses something. */
export function lowerFiles(
  files: readonly ConfigFile[],
  version: string | undefined,
  hasOpenVSwitch?: boolean,
): readonly ConfigFile[] {
  return lowerDefinitions(readFiles(files, version, hasOpenVSwitch), version);
}

export function lowerDefinitions(
  { definitions, refusals, isCutShort }: ReadFiles,
  version: string | undefined,
): readonly ConfigFile[] {
  const links = findLinks(definitions);
  const networkd: ConfigFile[] = [];
  const profiles: ConfigFile[] = [];
  for (const definition of definitions) {
    const stage = refusals.get(definition.id)?.stage;
    // Names and hardware are udev's, whoever configures the link.
    if (isPhysical(definition)) networkd.push(...lowerLink(definition, version), ...lowerNameRule(definition, version));
    if (stage === 'before-netdev') continue;
    if (definition.renderer === 'networkd' && !isPhysical(definition) && !definition.isHardwareFilter)
      networkd.push(...lowerNetdev(definition, version));
    if (stage === undefined || stage === 'before-profile') networkd.push(...networkOf(definition, links, version));
    if (stage === undefined) profiles.push(...lowerProfile(definition, links, version));
  }
  return [...networkd, ...profiles, ...(isCutShort ? [] : lowerForNetworkManager(definitions, version))];
}

function networkOf(definition: Definition, links: Links, version: string | undefined): readonly ConfigFile[] {
  const { renderer, isHardwareFilter } = definition;
  if ((renderer !== 'networkd' && renderer !== 'openvswitch') || isHardwareFilter) return [];
  return [lowerNetwork(definition, links, version)];
}
