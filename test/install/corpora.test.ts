/**
 * Every configuration of the shared corpora as an image's: installed, what lint still finds has been said; refused, nothing is
 * changed and it is said why; and uninstall gives the image back.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { main } from '../../src/main.ts';
import type { MemoryEntry } from '../../src/system/memory.ts';
import { machine, type Tree } from '../trials/machine.ts';
import { installThenLint, untold } from './install-then-lint.ts';
import { treeOf } from './tree.ts';

const corpora = '../shared/corpora';
const skip = existsSync(corpora) ? false : `${corpora} is not there`;

type Image = readonly [title: string, tree: Tree];

const listed = (folder: string): readonly string[] =>
  readdirSync(join(corpora, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(corpora, folder, name)).isFile())
    .sort();
/** Byte for byte: some are no UTF-8, and the port in memory takes text. */
const textOf = (path: string) => readFileSync(join(corpora, path), 'latin1');
const secret = (text: string): MemoryEntry => ({ text, mode: 0o600 });

function netplanImages(): readonly Image[] {
  const byCase = new Map<string, Record<string, MemoryEntry>>();
  for (const name of listed('netplan/generator')) {
    const [title = '', file] = name.split('/input');
    if (file === undefined || !file.endsWith('.yaml')) continue;
    byCase.set(title, { ...byCase.get(title), [file]: secret(textOf(`netplan/generator/${name}`)) });
  }
  const alone = ['netplan/examples', 'netplan/doc-snippets'].flatMap((folder) =>
    listed(folder).map((name): Image => [name, { '/etc/netplan/50-x.yaml': secret(textOf(`${folder}/${name}`)) }]),
  );
  const base = machine('debian13', ['netplan', 'networkmanager']);
  return [...byCase, ...alone].map(([title, files]): Image => [title, { ...base, ...files }]);
}

function single(folder: string, manager: string, pathOf: (name: string) => string, wanted = /./): readonly Image[] {
  return listed(folder)
    .filter((name) => wanted.test(name))
    .map((name): Image => {
      const text = textOf(`${folder}/${name}`);
      const mode = manager === 'networkmanager' ? 0o600 : 0o644;
      return [name, { ...machine('debian13', [manager]), [pathOf(name)]: { text, mode } }];
    });
}

const images: Readonly<Record<string, () => readonly Image[]>> = {
  netplan: netplanImages,
  networkd: () =>
    single('systemd/test-network-conf', 'networkd', (name) => `/etc/systemd/network/${name}`, /^[^/]+\.network$/),
  NetworkManager: () =>
    single(
      'networkmanager/keyfiles',
      'networkmanager',
      (name) => `/etc/NetworkManager/system-connections/${basename(name)}`,
      /^[^/]+$/,
    ),
  ifupdown: () => [
    ...single('ifupdown/debian-examples', 'ifupdown', () => '/etc/network/interfaces'),
    ...single('ifupdown/debian-testbuild', 'ifupdown', () => '/etc/network/interfaces', /\/testcase\.\d+$/),
    ...single('ifupdown/ifupdown2', 'ifupdown', () => '/etc/network/interfaces', /\.eni$/),
  ],
};

async function walk([title, tree]: Image): Promise<{ readonly wrong: readonly string[]; readonly isTold: boolean }> {
  const outcome = await installThenLint(tree);
  const { status, told, left, before, system } = outcome;
  const wrong: string[] = [];
  if (status === 0) {
    wrong.push(...untold(outcome).map((line) => `${title}: not said: ${line}`));
    const undone = await main(['uninstall', '--root', '/mnt'], system);
    if (undone !== 0) wrong.push(`${title}: uninstall ends with ${undone}`);
  } else if (!/^failoverctl install: /m.test(told)) wrong.push(`${title}: exit ${status} without a word`);
  if (!isDeepStrictEqual(treeOf(system), before)) wrong.push(`${title}: the image is not what it was`);
  return { wrong, isTold: status === 0 && left.length > 0 };
}

for (const [manager, list] of Object.entries(images))
  test(`${manager}: after install lint is clean, or install has said what is left`, { skip }, async (context) => {
    const all = list();
    assert.ok(all.length > 20, `${all.length} images`);
    const wrong: string[] = [];
    let toldOf = 0;
    for (const image of all) {
      const outcome = await walk(image);
      wrong.push(...outcome.wrong);
      if (outcome.isTold) toldOf += 1;
    }
    assert.deepEqual(wrong, []);
    assert.ok(toldOf > 0, 'there are images in which something is left');
    context.diagnostic(`${all.length} images, in ${toldOf} of them something is left`);
  });
