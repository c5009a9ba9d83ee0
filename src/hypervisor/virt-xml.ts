/**
 * A patch as command lines of virt-xml(1), which has no option for <teaming>: its xpath options set it.
 * Source: virt-install(1), "--network" and "xpath"; run with virtinst 4.1.
 */
import { normalMac, type NetDevice } from './domain.ts';
import { standbyChildren, type PatchPlan } from './patch-domain.ts';

type Setting = readonly [option: string, value: string];

/** The words of each command, without `virt-xml` and the domain. An xpath setting is [xpath, value]. */
export function virtXmlCommands(plan: PatchPlan): readonly (readonly string[])[] {
  const { request, alias, standby, primary } = plan;
  const { mac } = request;
  const children = Object.entries(standbyChildren(alias, request));
  const wanted = children
    .filter(([name]) => name !== 'teaming')
    .flatMap(([name, attributes]) =>
      Object.entries(attributes).map(([key, value]): Setting => [`${name}.${key}`, value]),
    );
  const persistent = xpaths([['./teaming/@type', 'persistent']]);
  const transient: readonly Setting[] = [
    ['./teaming/@type', 'transient'],
    ['./teaming/@persistent', alias],
  ];
  const standbyWords =
    'element' in standby
      ? ['--edit', selectorOf(plan, standby), '--network', join([...wanted, ...persistent])]
      : [
          '--add-device',
          '--network',
          join([[standby.kind, standby.name], ['mac', mac], ['model', 'virtio'], ...wanted, ...persistent]),
        ];
  if ('element' in primary) {
    const isInterface = primary.kind === 'interface';
    const address: readonly Setting[] = isInterface && normalMac(primary.mac) !== mac ? [['mac', mac]] : [];
    const option = isInterface ? '--network' : '--hostdev';
    return [standbyWords, ['--edit', selectorOf(plan, primary), option, join([...address, ...xpaths(transient)])]];
  }
  const added =
    primary.kind === 'network'
      ? join([['network', primary.name], ['mac', mac], ...xpaths(transient)])
      : join([['type', 'hostdev'], ['mac', mac], ...xpaths([...hostAddress(primary.name), ...transient])]);
  return [standbyWords, ['--add-device', '--network', added]];
}

/** The MAC where no other NIC has it, else the place among the devices of its kind, from 1. */
function selectorOf({ domain: { devices }, request: { mac } }: PatchPlan, device: NetDevice): string {
  const alike = devices.filter(({ kind }) => kind === device.kind);
  const twins = alike.filter((one) => normalMac(one.mac) === mac);
  const isUnique = device.kind === 'interface' && twins.length === 1 && twins[0] === device;
  return isUnique ? `mac=${mac}` : String(alike.indexOf(device) + 1);
}

function hostAddress(address: string): readonly Setting[] {
  const [domain = '', bus = '', slot = '', unit = ''] = address.split(/[:.]/);
  const parts = Object.entries({
    type: 'pci',
    domain: `0x${domain}`,
    bus: `0x${bus}`,
    slot: `0x${slot}`,
    function: `0x${unit}`,
  });
  return [['./@managed', 'yes'], ...parts.map(([name, value]): Setting => [`./source/address/@${name}`, value])];
}

/** xpath1.set=…,xpath1.value=… */
function xpaths(settings: readonly Setting[]): readonly Setting[] {
  return settings.flatMap(([path, value], index): readonly Setting[] => [
    [`xpath${index + 1}.set`, path],
    [`xpath${index + 1}.value`, value],
  ]);
}

/** As virtinst splits it: by commas, with a shell's quotes (_parse_optstr_tuples() in virtinst/cli.py). */
function join(settings: readonly Setting[]): string {
  const quote = (value: string) => (/[,'"\\]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value);
  return settings.map(([option, value]) => `${option}=${quote(value)}`).join(',');
}
