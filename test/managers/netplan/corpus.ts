/** netplan's own test inputs, examples and snippets of its documentation, as configurations. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { decodeBytes } from '../../../src/system/bytes.ts';
import type { ConfigFile } from '../../../src/managers/claim.ts';

export const corpora = '../shared/corpora/netplan';

export interface CorpusCase {
  readonly title: string;
  readonly files: readonly ConfigFile[];
}

function asFile(path: string, from: string): ConfigFile {
  return { source: { path, text: decodeBytes(readFileSync(from)) }, path, mode: 0o600, uid: 0, linkTarget: undefined };
}

/** Every case of the generator's tests that has input; null where the folder is missing. */
export function generatorCases(): readonly CorpusCase[] | null {
  const directory = join(corpora, 'generator');
  if (!existsSync(directory)) return null;
  const suites = readdirSync(directory).map((suite) => join(directory, suite));
  return suites
    .flatMap((suite) => readdirSync(suite).map((name) => join(suite, name)))
    .map((place) => {
      const input = join(place, 'input');
      const paths = existsSync(input) ? readdirSync(input, { recursive: true, encoding: 'utf8' }) : [];
      return {
        title: place.slice(directory.length + 1),
        files: paths.filter((path) => path.endsWith('.yaml')).map((path) => asFile(`/${path}`, join(input, path))),
      };
    })
    .filter(({ files }) => files.length > 0);
}

/** Whole files, each a configuration of its own. */
export function documentationCases(): readonly CorpusCase[] | null {
  if (!existsSync(corpora)) return null;
  return ['examples', 'doc-snippets'].flatMap((folder) =>
    readdirSync(join(corpora, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.ya?ml$/.test(path))
      .map((path) => ({
        title: `${folder}/${path}`,
        files: [asFile('/etc/netplan/50-x.yaml', join(corpora, folder, path))],
      })),
  );
}
