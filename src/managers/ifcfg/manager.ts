/**
 * /etc/sysconfig/network-scripts: profiles of NetworkManager, which it reads by its plugin ifcfg-rh as if they were keyfiles, or the
 * files of RHEL's network-scripts. What is written here for NetworkManager is judged there, beside its own.
 */
import { composeFile } from '../composed-text.ts';
import { ifcfgDirectory } from '../ifcfg-readers.ts';
import { checkFiles, checkLines, checkValues } from './check.ts';
import { readIfcfgFiles, type IfcfgFiles } from './files.ts';
import { lowerConfig, type Lowered } from './profile.ts';
import { claimByScript, isLeftToScripts, readScripts, type Script } from './scripts.ts';
import type { ConfigFile, Decision, JudgeContext, Judgement, Manager } from '../claim.ts';
import type { Guest } from '../../topology/guest.ts';

export const ifcfg: Manager = {
  name: 'ifcfg',
  locations: [{ path: ifcfgDirectory, pattern: /^(?:ifcfg|keys|route6?|rule6?)-/ }, { path: '/etc/sysconfig/network' }],
  recognise: (path, text) =>
    /(?:^|\/)ifcfg-[^/]+$/.test(path) && !path.includes('/sysconfig/network/') && !/^[ \t]*STARTMODE=/m.test(text),
  lower,
  judge,
};

interface LoweredFile {
  readonly config: IfcfgFiles['configs'][number];
  readonly lowered: Lowered;
}

function lowerAll(files: IfcfgFiles, { include }: JudgeContext): readonly LoweredFile[] {
  const hasScript = (kind: string) => include(`${ifcfgDirectory}/ifup-${kind}`).length > 0;
  return files.configs.map((config) => ({ config, lowered: lowerConfig(config, files, hasScript) }));
}

function lower(all: readonly ConfigFile[], { host }: Guest, context: JudgeContext): readonly ConfigFile[] {
  if (host.ifcfgReaders?.networkManager === false) return [];
  const lowered = lowerAll(readIfcfgFiles(all), context);
  const profiles = lowered.flatMap(({ config, lowered: one }) =>
    one.kind === 'profile'
      ? [
          composeFile(
            'ifcfg',
            `/etc/NetworkManager/system-connections/ifcfg-${config.name}.nmconnection`,
            0o600,
            one.pieces,
          ),
        ]
      : [],
  );
  const lists = lowered.flatMap(({ lowered: one }) => {
    if (one.kind !== 'unmanaged' && one.kind !== 'unknown-type') return [];
    const key = one.kind === 'unmanaged' ? '[keyfile]\nunmanaged-devices+=' : '[main]\nno-auto-default+=';
    return [{ text: `${key}${one.spec}\n`, place: one.place }];
  });
  // behind every file of its own: what ifcfg-rh says is added to the lists
  const path = '/etc/NetworkManager/conf.d/zzzz-ifcfg-rh.conf';
  return lists.length === 0 ? profiles : [...profiles, composeFile('ifcfg', path, 0o644, lists)];
}

function judge(all: readonly ConfigFile[], guest: Guest, context: JudgeContext): Judgement {
  const files = readIfcfgFiles(all);
  const { ifcfgReaders: readers } = guest.host;
  const isRead = readers?.networkManager !== false;
  const problems = isRead
    ? [
        ...lowerAll(files, context).flatMap(({ config, lowered }) =>
          [...checkLines(config)].concat([...checkValues(config, lowered)]),
        ),
        ...checkFiles(files),
      ]
    : [];
  const scripts = readers?.scripts === true ? readScripts(all) : [];
  const nobody = !isRead && readers?.scripts !== true;
  const why = `nothing here reads it (${readers?.evidence ?? ''})`;
  return {
    decisions: decideAll(
      scripts.filter((script) => !isRead || isLeftToScripts(script)),
      guest,
    ),
    problems,
    unread: nobody ? files.configs.map(({ file }) => ({ file, why })) : [],
    facts: {
      readers: [...(isRead ? ['NetworkManager'] : []), ...(scripts.length > 0 ? ['network-scripts'] : [])].join(' '),
    },
  };
}

function decideAll(scripts: readonly Script[], { phases }: Guest): readonly Decision[] {
  return phases.flatMap((phase) =>
    phase.links.map((link): Decision => {
      const claims = scripts.flatMap((script) => claimByScript(script, link, phase) ?? []);
      return {
        manager: 'ifcfg',
        phase,
        link,
        winners: claims.filter(({ verdict }) => verdict !== 'no'),
        losers: [],
        passed: claims.filter(({ verdict }) => verdict === 'no'),
      };
    }),
  );
}
