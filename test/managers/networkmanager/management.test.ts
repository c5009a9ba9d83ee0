/** Who is managed, by NetworkManager.conf's lists, the internal file and udev: measured on 1.58.1 and 1.52.1 in a namespace. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeNetworkManager } from '../../../src/managers/networkmanager/manager.ts';
import { isListOfExceptions } from '../../../src/managers/networkmanager/list-guard.ts';
import { renderNetworkManagerGuard } from '../../../src/managers/networkmanager/render.ts';
import { configFile } from '../config-file.ts';
import { assumedGuest } from '../guest.ts';

/** As `nmcli device set LINK managed --permanent yes|no` of 1.58.1 writes it. */
function internal(link: string, managed: 0 | 1) {
  const text = `[.intern.device-manage-${link}]\nmatch-device=interface-name:=${link}\nmanaged=${managed}\n`;
  return configFile('/var/lib/NetworkManager/NetworkManager-intern.conf', text);
}

const conf = (text: string) => configFile('/etc/NetworkManager/conf.d/50-a.conf', text);
const section = conf('[device-a]\nmatch-device=interface-name:ens11\nmanaged=0\n');

/** "unmanaged", "managed", with "maybe " before what is not sure. */
function ask(files: ReturnType<typeof conf>[], link: string, version?: string): string {
  const guest = assumedGuest(257);
  const host = { ...guest.host, networkManagerVersion: version };
  const { decisions } = judgeNetworkManager(files, { ...guest, host }, { include: () => [] });
  const own = decisions.find((one) => one.phase.name === 'boot' && one.link.name === link);
  const away = own?.winners.find(({ effects }) => effects.some(({ kind }) => kind === 'unmanaged'));
  if (away === undefined) return 'managed';
  return away.verdict === 'yes' ? 'unmanaged' : `${away.verdict} unmanaged`;
}

test('managed for good beats [device] sections from 1.58 on, and 1.52 takes no notice of it', () => {
  const files = [section, internal('ens11', 1)];
  assert.equal(ask([section], 'ens11', '1.58.1'), 'unmanaged');
  assert.equal(ask(files, 'ens11', '1.58.1'), 'managed');
  assert.equal(ask(files, 'ens11', '1.52.1'), 'unmanaged');
  assert.equal(ask(files, 'ens11', undefined), 'maybe unmanaged');
  assert.equal(ask(files, 'ens11', '1.55.0'), 'maybe unmanaged');
});

test('unmanaged for good', () => {
  const files = [internal('ens10', 0)];
  assert.equal(ask(files, 'ens10', '1.58.1'), 'unmanaged');
  assert.equal(ask(files, 'ens10', '1.52.1'), 'managed');
  assert.equal(ask(files, 'ens10', undefined), 'maybe unmanaged');
  assert.equal(ask(files, 'ens11', '1.58.1'), 'managed', 'another link');
});

const guard = renderNetworkManagerGuard({ masters: null, command: 'test' }).map(({ path, text }) =>
  configFile(path, text),
);

test('unmanaged-devices beats it, and so does our guard for the standby', () => {
  const list = conf('[keyfile]\nunmanaged-devices=interface-name:ens11\n');
  assert.equal(ask([list, internal('ens11', 1)], 'ens11', '1.58.1'), 'unmanaged');
  assert.equal(ask(guard, 'ens10nsby', '1.58.1'), 'unmanaged');
  assert.equal(ask([...guard, internal('ens10nsby', 1)], 'ens10nsby', '1.58.1'), 'unmanaged');
  assert.equal(ask([...guard, internal('ens10nsby', 1)], 'ens10nsby', '1.52.1'), 'unmanaged', 'by its section');
  assert.equal(ask(guard, 'ens10', '1.58.1'), 'managed');
});

test('a list of exceptions: our entry would turn it round, where it is read', () => {
  const others = conf('[keyfile]\nunmanaged-devices+=except:interface-name:ens10\n');
  assert.equal(ask([others], 'ens11', '1.58.1'), 'unmanaged');
  assert.equal(ask([...guard, others], 'ens11', '1.58.1'), 'managed');
  assert.equal(ask([...guard, others], 'ens11', '1.52.1'), 'unmanaged');
  for (const [text, isTurned] of [
    ['[keyfile]\nunmanaged-devices+=except:interface-name:ens10\n', true],
    ['[keyfile]\nunmanaged-devices+=EXCEPT:type:wifi;except:mac:52:54:00:00:12:53\n', true],
    ['[keyfile]\nunmanaged-devices=except:interface-name:ens10\n', false], // it replaces ours
    ['[keyfile]\nunmanaged-devices+=*,except:type:wifi\n', false],
    ['[keyfile]\nunmanaged-devices+=\n', false],
    ['[main]\nplugins=keyfile\n', false],
  ] as const)
    assert.equal(isListOfExceptions([conf(text)], '1.58.1'), isTurned, text);
  const main = configFile('/etc/NetworkManager/NetworkManager.conf', '[keyfile]\nunmanaged-devices=except:type:wifi\n');
  assert.equal(isListOfExceptions([main], '1.58.1'), true);
  assert.equal(isListOfExceptions([main], undefined), true);
  assert.equal(isListOfExceptions([main], '1.52.1'), false, 'it does not read our file');
});
