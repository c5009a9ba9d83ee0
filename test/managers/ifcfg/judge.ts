/** ifcfg files judged as the program does: by NetworkManager, or by network-scripts. */
import { ifcfg } from '../../../src/managers/ifcfg/manager.ts';
import { networkmanager } from '../../../src/managers/networkmanager/manager.ts';
import { judgeConfiguration, type JudgedConfiguration } from '../../../src/judgement/judge.ts';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import type { Guest, HostFacts } from '../../../src/topology/guest.ts';
import { configFile } from '../config-file.ts';
import { assumedGuest } from '../guest.ts';

export const directory = '/etc/sysconfig/network-scripts';

export type Files = Readonly<Record<string, string>>;

/** Names without a directory are ifcfg files. */
export function judgeFiles(files: Files, guest: Guest): JudgedConfiguration {
  const list = Object.entries(files).map(([name, text]) =>
    configFile(name.startsWith('/') ? name : `${directory}/${name}`, text),
  );
  const isOwn = ({ path }: ConfigFile) => path.startsWith('/etc/sysconfig/');
  return judgeConfiguration(
    {
      managers: new Map([
        ['ifcfg', ifcfg],
        ['networkmanager', networkmanager],
      ]),
      files: new Map([
        ['ifcfg', list.filter(isOwn)],
        ['networkmanager', list.filter((file) => !isOwn(file))],
      ]),
      context: { include: () => [] },
    },
    guest,
  );
}

export const readByScripts: Partial<HostFacts> = {
  ifcfgReaders: { networkManager: false, scripts: true, evidence: 'test' },
};

/** Link to "verdict kind detail" of what would be done, with the file's name behind it. */
export function effectsBy(files: Files, host: Partial<HostFacts> = {}): Readonly<Record<string, readonly string[]>> {
  const { decisions } = judgeFiles(files, assumedGuest(252, undefined, host));
  const byLink: Record<string, string[]> = {};
  for (const { link, winners } of decisions)
    for (const { verdict, effects } of winners) {
      const kinds = effects
        .filter(({ kind }) => !['wait-online', 'client-id', 'link-local6'].includes(kind))
        .map(({ kind, detail }) => [kind, ...(detail === undefined ? [] : [detail])].join(' '));
      (byLink[link.name] ??= []).push(`${verdict} ${kinds.join(', ')}`);
    }
  return byLink;
}
