/** Hot-plugs in all orders while every DHCP packet is watched: one account for the judge. */
import type { Guest } from '../guest.ts';
import { acknowledgedAddresses } from '../state.ts';
import type { HotplugResult } from './judge-hotplugs.ts';
import { prepareReplugs, type Order } from './rounds.ts';
import { watchDhcp } from './watch.ts';

export interface Counts {
  readonly inGuest: number;
  readonly byHypervisor: number;
}

export interface HotplugRun extends Counts {
  readonly orders: readonly Order[];
  /** At every so many the VF is left until a DHCP client on it has had its chance. */
  readonly carrierEvery: number;
  readonly nice?: number;
}

export const allOrders: readonly Order[] = [
  'vf-after-master',
  'vf-before-master',
  'vf-long-before-master',
  'master-again',
];

export async function plugAndWatch(guest: Guest, run: HotplugRun): Promise<HotplugResult> {
  const { inGuest, byHypervisor, orders, carrierEvery } = run;
  const replugs = await prepareReplugs(guest, run.nice);
  const finish = await watchDhcp(guest);
  const samples = [
    ...(await replugs.inGuest({ count: inGuest, orders, carrierEvery })),
    ...(await replugs.byHypervisor({ count: byHypervisor, orders, carrierEvery })),
  ];
  const watched = await finish();
  return { samples, watched, acknowledged: acknowledgedAddresses(guest.segment.log()) };
}
