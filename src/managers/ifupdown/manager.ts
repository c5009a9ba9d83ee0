/** ifupdown as the linter knows it: its files, and what it would do with every link in every phase. */
import { baseName } from '../../text/base-name.ts';
import { fnmatch } from '../../text/fnmatch.ts';
import { planPhase } from './bring-up.ts';
import { checkConfiguration } from './check.ts';
import { findCloudHelper, generatedDirectory, helperPath, templatePath } from './cloud-helper.ts';
import { plainName, readConfiguration, type FindFiles } from './configuration.ts';
import type { Configuration } from './stanza.ts';
import { decideLink, type Surroundings } from './decide.ts';
import { dialectOf } from './dialect.ts';
import { narrow } from './narrow.ts';
import { findGuards, hookDirectory, readExcluded } from './guard.ts';
import { findMasterService, masterRulesPath, masterUnitPath } from './master-service.ts';
import { findNetdevs } from './netdevs.ts';
import type { ConfigFile, JudgeContext, Judgement, Manager } from '../claim.ts';
import type { Guest } from '../../topology/guest.ts';
import { misfiled } from './misfiled.ts';

const topPath = '/etc/network/interfaces';
const environmentPath = '/etc/default/networking';
const includedDirectories = ['/etc/network/interfaces.d', generatedDirectory];

export const ifupdown: Manager = {
  name: 'ifupdown',
  misfiled,
  locations: [
    { path: topPath },
    ...includedDirectories.map((path) => ({ path, pattern: /^[^.]/ })),
    { path: hookDirectory, pattern: /./ },
    { path: helperPath },
    { path: templatePath },
    { path: environmentPath },
    { path: masterRulesPath },
    { path: masterUnitPath },
    ...['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map((root) => ({
      path: `${root}/udev/rules.d`,
      pattern: /cloud-ifupdown.*\.rules$/,
    })),
  ],
  recognise: (path, text) => isInterfacesPath(path) || isOurs(path) || looksLikeInterfaces(text),
  judge,
};

/** Files of ifupdown that are no interfaces(5). */
function isOurs(path: string): boolean {
  return (
    [helperPath, templatePath, environmentPath, masterUnitPath].includes(path) || path.startsWith(`${hookDirectory}/`)
  );
}

function isInterfacesPath(path: string): boolean {
  return /(?:^|\/)network\/interfaces$|(?:^|\/)interfaces\.d\/[^/]+$|\.interfaces$/.test(path) || path === 'interfaces';
}

/** The first line that says anything is one of interfaces(5). */
function looksLikeInterfaces(text: string): boolean {
  const first = /^[ \t]*([^#\s].*)$/m.exec(text.slice(0, 65_536))?.[1] ?? '';
  return /^(?:iface\s+\S+\s+(?:inet6?|can|ipx|inherits)\b|(?:auto|allow-[a-z]+|mapping)\s+[^=\s]|source(?:-directory)?\s+\S*\/)/.test(
    first,
  );
}

function judge(files: readonly ConfigFile[], guest: Guest, context: JudgeContext): Judgement {
  const find = finder(files, context);
  const dialect = dialectOf(guest.host);
  const read = (among: FindFiles): Configuration => narrow(readConfiguration(topsOf(files), among, dialect), dialect);
  const configuration = read(find);
  const { guards, problems } = findGuards(files);
  const surroundings: Surroundings = {
    dialect,
    guards,
    excluded: readExcluded(files.find(({ path }) => path === environmentPath)),
    helper: findCloudHelper(files),
    withGenerated: (file) => (isSourced(configuration, file.path) ? read(finder([...files, file], context)) : null),
  };
  const service = findMasterService(files);
  const plans = guest.phases.map((phase) => planPhase(configuration, surroundings.excluded, phase, service));
  return {
    decisions: plans.flatMap((plan) =>
      plan.phase.links.map((link) => decideLink(configuration, plan, surroundings, link)),
    ),
    netdevs: findNetdevs(configuration, dialect),
    problems: [...configuration.problems, ...problems, ...checkConfiguration(configuration, dialect, context.partial)],
    unread: findUnread(files, configuration),
    facts: {
      dialect: dialect.name,
      broken: String(configuration.broken),
      guard: guards[0]?.path ?? 'none',
      'cloud-helper': surroundings.helper === null ? 'none' : surroundings.helper.patched ? 'patched' : 'unpatched',
    },
  };
}

/** The top file; without it, as when single files are linted, every file that could be one. */
function topsOf(files: readonly ConfigFile[]): readonly ConfigFile[] {
  const top = files.find(({ path }) => path === topPath);
  return top === undefined ? files.filter(({ path }) => !isOurs(path) && !path.endsWith('.rules')) : [top];
}

/** What was lowered or given counts before what is on disk; glob(3) sorts by bytes in the C locale. */
function finder(files: readonly ConfigFile[], context: JudgeContext): FindFiles {
  return (glob) => {
    const given = files.filter(({ path }) => fnmatch(glob, path, { pathname: true, period: true }));
    const others = context.include(glob).filter(({ path }) => !given.some((file) => file.path === path));
    return [...given, ...others].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  };
}

function isSourced({ sourced }: Configuration, path: string): boolean {
  const name = baseName(path);
  return sourced.some(
    ({ glob, plainNames }) =>
      fnmatch(glob, path, { pathname: true, period: true }) && (!plainNames || plainName.test(name)),
  );
}

function findUnread(files: readonly ConfigFile[], configuration: Configuration): Judgement['unread'] {
  const read = new Set(configuration.read);
  return files.flatMap((file) => {
    const directory = includedDirectories.find((path) => file.path.startsWith(`${path}/`));
    if (directory === undefined || read.has(file.path)) return [];
    const name = file.path.slice(directory.length + 1);
    const listed = configuration.sourced.some(({ glob }) => fnmatch(glob, file.path, { pathname: true, period: true }));
    const why = configuration.broken
      ? `${topPath} ends in an error before it`
      : listed && !plainName.test(name)
        ? `source-directory takes only names of letters, digits, "_" and "-", which "${name}" is not`
        : `no source line of ${topPath} names it`;
    return [{ file, why }];
  });
}
