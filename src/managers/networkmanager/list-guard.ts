/**
 * The guard that `nmcli device set LINK managed --permanent yes` of NetworkManager 1.58 does not beat: an entry in [keyfile]
 * unmanaged-devices. A list of nothing but `except:` leaves alone all that it does not name; with an entry of ours it would
 * leave alone that one only, and NICs that nobody wanted managed would be (asked of 1.52.1 and 1.58.1). Beside such a list the
 * entry is left out: a slave that it does not name is left alone by it.
 */
import { keyFileWords } from '../../text/key-file.ts';
import { commentedFile, type GeneratedFile } from '../generated-file.ts';
import { isConfigPath, readConfig } from './config.ts';
import type { ConfigFile, Problem } from '../claim.ts';
import type { GuardConfig } from '../description.ts';
import type { DeviceList } from './device-spec.ts';

export const listGuardPath = '/etc/NetworkManager/conf.d/00-failover-slaves-list.conf';

const entry = 'interface-name:*nsby';

export function renderListGuard(config: GuardConfig): GeneratedFile {
  return commentedFile(
    listGuardPath,
    0o644,
    config,
    `Keeps NetworkManager off the standby also after 'nmcli device set LINK managed --permanent yes', which from 1.58 on beats
the sections of 99-failover-slaves.conf and udev's NM_UNMANAGED. Older versions do not read this file, and need not.

It comes first, so that a list of your own replaces it. Do not add to it by 'unmanaged-devices+=except:…': a list of nothing
but exceptions leaves alone all other links, and with this entry it would not.`,
    `[.config]\nenable=nm-version-min:1.57,nm-version-min:2\n\n[keyfile]\nunmanaged-devices+=${entry}\n`,
  );
}

/** Would our entry turn the meaning of the list round that these files make? `files`: without ours. */
export function isListOfExceptions(files: readonly ConfigFile[], version: string | undefined): boolean {
  const own = renderListGuard({ masters: null, command: '' });
  const guard: ConfigFile = {
    source: { path: own.path, text: own.text },
    path: own.path,
    mode: own.mode,
    uid: 0,
    linkTarget: undefined,
  };
  const { unmanaged } = readConfig([...files.filter(({ path }) => isConfigPath(path)), guard], version);
  return exceptionsBeside(unmanaged).length > 0;
}

/** `unmanaged`: the list that is read, our entry in it or not. */
export function findTurnedList(unmanaged: readonly DeviceList[]): readonly Problem[] {
  return exceptionsBeside(unmanaged).map(({ list, place }) => ({
    kind: 'ignored',
    place,
    message: `unmanaged-devices: '${list}' beside '${entry}' of ${listGuardPath}, expected a list of nothing but exceptions`,
    consequence:
      "with that entry it leaves no other link alone; 'failoverctl install' takes the file away, and the list leaves a slave alone that it does not name",
  }));
}

/** The parts of a list that is nothing but exceptions and our entry. */
function exceptionsBeside(unmanaged: readonly DeviceList[]): readonly DeviceList[] {
  const wordsOf = ({ list }: DeviceList) => keyFileWords(list).filter((word) => word !== entry);
  const isOurs = unmanaged.some(({ list }) => keyFileWords(list).includes(entry));
  const others = unmanaged.filter((part) => wordsOf(part).length > 0);
  return isOurs && others.every((part) => wordsOf(part).every((word) => /^except:/i.test(word))) ? others : [];
}
