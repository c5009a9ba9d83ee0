/** networkd's debug log: which file it chose for which link, and what it thought of each line. */
import { spawnSync } from 'node:child_process';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import type { Guest } from '../../../src/topology/guest.ts';
import { askDaemons, missingDaemons, type Logs } from '../namespace.ts';

export { missingDaemons as missingDaemon };

export function daemonVersion(): number {
  return Number(/\d+/.exec(spawnSync('udevadm', ['--version'], { encoding: 'utf8' }).stdout)?.[0]);
}

export interface Answer {
  /** Link to the .network file that it matched first; a link that none matched is missing. */
  readonly choices: ReadonlyMap<string, string>;
  /** "FILE:LINE: …" */
  readonly messages: readonly { readonly path: string; readonly line: number; readonly text: string }[];
  readonly log: string;
}

/** Asks the daemon about each configuration: what it would do with each of the links. */
export function askNetworkd(
  configurations: readonly (readonly ConfigFile[])[],
  root = '',
): { readonly guest: Guest; readonly answers: readonly Answer[] } {
  const { guest, answers } = askDaemons(
    configurations.map((files) => ({ ask: 'networkd', files })),
    root,
  );
  return { guest, answers: answers.map((logs) => readAnswer(logs)) };
}

export function readAnswer(logs: Logs): Answer {
  const log = logs.get('') ?? '';
  const choices = new Map<string, string>();
  for (const [, link = '', path = ''] of log.matchAll(/^(\S+): found matching network '(.*?)'(?:,|\.|$)/gm))
    choices.set(link, path);
  for (const [, link = '', path = ''] of log.matchAll(/^(\S+): Found matching \.network file.*?: (.*)$/gm))
    choices.set(link, path);
  const messages = [...log.matchAll(/^(\/[^:\n]+\.(?:network|netdev|conf)):(\d+): (.*)$/gm)].map(
    ([, path = '', line = '', text = '']) => ({ path, line: Number(line), text }),
  );
  return { choices, messages, log };
}
