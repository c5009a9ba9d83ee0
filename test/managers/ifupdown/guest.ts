/** A guest for the tests of ifupdown: the triple of the kernel's document, in any phases. */
import type { Guest, LinkFacts, Phase, PhaseName } from '../../../src/topology/guest.ts';
import type { ConfigFile, JudgeContext } from '../../../src/managers/claim.ts';

export const mac = '52:54:00:00:12:53';

export function link(name: string, facts: Partial<LinkFacts> = {}): LinkFacts {
  return {
    role: 'none',
    group: null,
    name,
    kernelName: undefined,
    altnames: [],
    mac,
    permanentMac: mac,
    driver: 'virtio_net',
    parentDriver: 'virtio_net',
    kind: null,
    type: 'ether',
    idPath: undefined,
    properties: new Map(),
    master: null,
    ...facts,
  };
}

export const master = link('ens10', { role: 'master', group: 0, driver: 'net_failover', kernelName: 'eth0' });
export const standby = link('ens10nsby', { role: 'standby', group: 0, master: 'ens10', kernelName: 'eth1' });
export const primary = link('ens11', {
  role: 'primary',
  group: 0,
  master: 'ens10',
  driver: 'iavf',
  parentDriver: 'iavf',
  kernelName: 'eth2',
});

export const links: Readonly<Record<PhaseName, readonly LinkFacts[]>> = {
  boot: [master, standby, primary],
  'vf-absent': [master, standby],
  'vf-back': [master, standby, { ...primary, name: 'ens12' }],
  'vf-unenslaved': [master, standby, { ...primary, role: 'pending', master: null }],
  'vf-first': [{ ...primary, role: 'pending', master: null }],
};

export function guest(phases: readonly Phase[], ifupdownVersion = '0.8.41'): Guest {
  return {
    groups: [{ kind: 'net_failover', mac }],
    phases,
    host: {
      hostname: undefined,
      architecture: undefined,
      virtualization: undefined,
      kernelVersion: undefined,
      kernelCommandLine: undefined,
      systemdVersion: undefined,
      netplanVersion: undefined,
      networkManagerVersion: undefined,
      ifupdownVersion,
    },
  };
}

export function triplePhases(): readonly Phase[] {
  return Object.entries(links).map(([name, its]) => ({ name: name as PhaseName, title: name, links: its }));
}

export function file(path: string, text: string, mode: number | undefined = 0o644): ConfigFile {
  return { source: { path, text }, path, mode, uid: 0, linkTarget: undefined };
}

export const noInclude: JudgeContext = { include: () => [] };
