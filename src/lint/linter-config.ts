/** failoverctl.yaml: what a project asks of the linter. Never throws: what is wrong is a message with its line. */
import { parseTarget } from '../inventory/releases.ts';
import { parseAssumption } from '../topology/guest-assumed.ts';
import { nearestWord } from '../text/nearest.ts';
import { positionAt, type Place, type Source } from '../text/source.ts';
import { parseYamlTree, type YamlEntry, type YamlNode } from '../text/yaml-tree.ts';
import type { Severity } from '../findings/finding.ts';
import type { RuleIdentity } from '../findings/rule.ts';

/** A word, and "failoverctl.yaml:3", where it stands. */
export interface ConfiguredWord {
  readonly word: string;
  readonly by: string;
}

export interface RuleSetting extends ConfiguredWord {
  /** `on`: the severity that the rule has of its own. */
  readonly setting: 'off' | 'on' | Severity;
}

export interface LinterConfig {
  /** As it was found or named. */
  readonly path: string;
  /** By id, name, or the beginning of ids. */
  readonly rules: readonly RuleSetting[];
  /** Releases to judge for, as --target takes them. */
  readonly targets: readonly string[];
  /** Trees to lint where the command line names none, from the file's own folder. */
  readonly roots: readonly string[];
  /** Guests to judge for where there is none, as --assume takes them. */
  readonly assumed: readonly string[];
  readonly exclude: readonly ConfiguredWord[];
}

export const ruleSettings: readonly RuleSetting['setting'][] = ['off', 'on', 'error', 'warning', 'info'];
export const configKeys = ['rules', 'targets', 'roots', 'assume', 'exclude'] as const;
type Key = (typeof configKeys)[number];

interface Reading {
  readonly problems: string[];
  readonly tell: (place: Place, message: string) => void;
  readonly by: (place: Place) => string;
}

/** `known`: every rule there is. The problems are "PATH:LINE:COLUMN: message", in order. */
export function parseLinterConfig(
  source: Source,
  known: readonly RuleIdentity[],
): { readonly config: LinterConfig; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const tell = (place: Place, message: string): void => {
    const { line, column } = positionAt(source, place.span.start);
    problems.push(`${source.path}:${line}:${column}: ${message}`);
  };
  const by = (place: Place) => `${source.path}:${positionAt(source, place.span.start).line}`;
  const reading: Reading = { problems, tell, by };
  const { root, faults } = parseYamlTree(source);
  for (const { place, message } of faults) tell(place, message);
  const entries = faults.length > 0 || root === null ? [] : entriesOf(root, 'the file', reading);
  const values = new Map<Key, YamlNode>();
  for (const { key, keyPlace, value } of entries) {
    const found = configKeys.find((one) => one === key);
    if (found === undefined) tell(keyPlace, `'${key}': unknown key, ${guess(key, configKeys)}`);
    else values.set(found, value);
  }
  const words = (key: Key) => wordsOf(values.get(key), key, reading);
  const checked = (key: Key, check: (word: string) => string | null) =>
    words(key).flatMap(({ word, place }) => {
      const problem = check(word);
      if (problem !== null) tell(place, problem);
      return problem === null ? [word] : [];
    });
  const rules = values.get('rules');
  const config: LinterConfig = {
    path: source.path,
    rules: rules === undefined ? [] : readRules(rules, known, reading),
    targets: checked('targets', (word) => {
      const target = parseTarget(word);
      return 'problem' in target ? `targets: ${target.problem}` : null;
    }),
    roots: checked('roots', (word) => (word === '' ? `roots: '': expected a folder` : null)),
    assumed: checked('assume', (word) =>
      parseAssumption(word) === null ? `assume: '${word}': expected triple, pair or a number from 1 to 500` : null,
    ),
    exclude: words('exclude').flatMap(({ word, place }) => {
      if (/[^/]/.test(word)) return [{ word, by: by(place) }];
      tell(place, `exclude: '${word}': expected a file, a folder or a pattern like images/old/**`);
      return [];
    }),
  };
  return { config, problems };
}

function readRules(node: YamlNode, known: readonly RuleIdentity[], reading: Reading): readonly RuleSetting[] {
  return entriesOf(node, 'rules', reading).flatMap(({ key, keyPlace, value }): RuleSetting[] => {
    if (!known.some(({ id, name }) => name === key || isBeginning(key, id))) {
      const names = known.flatMap(({ id, name }) => [id, name]);
      reading.tell(keyPlace, `rules: '${key}': no rule is called so, ${guess(key, names, "see 'failoverctl rule'")}`);
      return [];
    }
    // YAML 1.1 takes off and on for false and true: what counts is what is written
    const written = value.kind === 'scalar' ? value.text : '';
    const setting = ruleSettings.find((one) => one === written);
    if (setting !== undefined) return [{ word: key, setting, by: reading.by(keyPlace) }];
    reading.tell(value.place, `rules: ${key}: '${written}': expected ${ruleSettings.join(', ')}`);
    return [];
  });
}

/** FO, FO1 and FO10 are beginnings of FO101. */
export function isBeginning(word: string, id: string): boolean {
  return word.startsWith('FO') && id.startsWith(word);
}

function entriesOf(node: YamlNode, what: string, { tell }: Reading): readonly YamlEntry[] {
  if (node.kind === 'scalar' && node.value === null) return [];
  if (node.kind !== 'map') {
    tell(node.place, `${what}: expected keys with values`);
    return [];
  }
  const seen = new Set<string>();
  return node.entries.filter(({ key, keyPlace }) => {
    if (!seen.has(key)) return seen.add(key);
    tell(keyPlace, `'${key}': it is there already, expected it once`);
    return false;
  });
}

/** A word alone, or a list of them. */
function wordsOf(
  node: YamlNode | undefined,
  key: Key,
  { tell }: Reading,
): readonly { readonly word: string; readonly place: Place }[] {
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) return [];
  const items = node.kind === 'sequence' ? node.items : [node];
  return items.flatMap((item) => {
    if (item.kind === 'scalar') return [{ word: item.text, place: item.place }];
    tell(item.place, `${key}: expected a word, or a list of words`);
    return [];
  });
}

function guess(word: string, known: readonly string[], otherwise = `expected ${known.join(', ')}`): string {
  const meant = nearestWord(word, known);
  return meant === null ? otherwise : `did you mean '${meant}'?`;
}
