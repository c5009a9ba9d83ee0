/** FO506 persistent-not-virtio: a standby that is not a virtio NIC. */
import { childOf } from '../../text/xml-element.ts';
import { isPersistent } from '../domain.ts';
import { exampleDomain, goodPair, placeIn, type DomainRule } from './rule.ts';

export const persistentNotVirtio: DomainRule = {
  id: 'FO506',
  name: 'persistent-not-virtio',
  severity: 'error',
  what: 'A NIC with a persistent <teaming> is of a model other than virtio.',
  why: "Only virtio-net can offer VIRTIO_NET_F_STANDBY. libvirt's QEMU driver refuses the domain; its schema and its test driver do not.",
  source: 'libvirt: qemuValidateDomainDeviceDefNetwork; drivers/net/virtio_net.c',
  bad: [exampleDomain(goodPair.replace("<model type='virtio'/>", "<model type='e1000e'/>"))],
  good: [exampleDomain(goodPair.replace("type='virtio'", "type='virtio-non-transitional'"))],
  check: (domain) =>
    domain.devices.filter(isPersistent).flatMap(({ element, model }) => {
      if (model !== undefined && /^virtio(?:-transitional|-non-transitional)?$/.test(model)) return [];
      const child = childOf(element, 'model');
      const message = `a persistent NIC of model '${model ?? 'none'}': expected 'virtio'`;
      return { message, place: child === undefined ? placeIn(domain, element) : placeIn(domain, child, 'type') };
    }),
};
