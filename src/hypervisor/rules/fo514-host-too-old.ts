/** FO514 host-too-old: a libvirt or QEMU without failover. */
import { isTransient } from '../domain.ts';
import { exampleDomain, goodPair, placeIn, type DomainRule } from './rule.ts';

export const hostTooOld: DomainRule = {
  id: 'FO514',
  name: 'host-too-old',
  severity: 'error',
  what: 'With --host: the host has libvirt before 6.1.0, or before 7.1.0 for a <hostdev>, or QEMU before 4.2.',
  why: 'An older libvirt drops <teaming> silently, and the guest gets two separate NICs.',
  source: 'libvirt NEWS 6.1.0 and 7.1.0; QEMU ChangeLog 4.2',
  bad: [],
  good: [exampleDomain(goodPair)],
  check: (domain, host) => {
    const teamed = domain.devices.find(({ teaming }) => teaming.length > 0);
    if (teamed === undefined) return [];
    const hostdev = domain.devices.find((device) => device.kind === 'hostdev' && isTransient(device));
    const needs = [
      {
        program: 'libvirt',
        has: host.libvirtVersion,
        since: hostdev === undefined ? [6, 1, 0] : [7, 1, 0],
        at: hostdev ?? teamed,
      },
      { program: 'QEMU', has: host.qemuVersion, since: [4, 2, 0], at: teamed },
    ];
    return needs.flatMap(({ program, has, since, at }) => {
      if (has === null || !isOlder(has, since)) return [];
      const message = `this host's ${program} is ${has.join('.')}: expected ${since.join('.')} or newer`;
      return { message, place: placeIn(domain, at.teaming[0]?.element ?? at.element) };
    });
  },
};

function isOlder(version: readonly number[], than: readonly number[]): boolean {
  for (const [index, wanted] of than.entries()) {
    const is = version[index] ?? 0;
    if (is !== wanted) return is < wanted;
  }
  return false;
}
