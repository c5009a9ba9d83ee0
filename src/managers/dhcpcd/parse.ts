/**
 * dhcpcd.conf(5), read as read_config() and get_line() read it (src/if-options.c, src/common.c of 10.1.0): a line is an option
 * and its value; `interface`, `ssid` and `profile` begin a block, and a block ends only where the next one begins.
 */
import type { ConfigFile, Problem } from '../claim.ts';
import type { Place } from '../../text/source.ts';
import { options } from './options.ts';

export interface Line {
  readonly option: string;
  /** Empty where there is none. */
  readonly value: string;
  readonly place: Place;
}

export interface Block {
  readonly kind: 'interface' | 'ssid' | 'profile';
  /** The interface's name; since 10.2.2 a pattern. */
  readonly name: string;
  readonly place: Place;
  readonly lines: readonly Line[];
}

export interface DhcpcdConfig {
  /** What stands before the first block holds for every link. */
  readonly global: readonly Line[];
  readonly blocks: readonly Block[];
  readonly problems: readonly Problem[];
}

const blockKinds = new Set(['interface', 'ssid', 'profile']);

export function parseDhcpcdConfig({ source }: Pick<ConfigFile, 'source'>): DhcpcdConfig {
  const global: Line[] = [];
  const blocks: (Block & { readonly lines: Line[] })[] = [];
  const problems: Problem[] = [];
  for (const match of source.text.matchAll(/^[ \t]*([^\s#;][^\n]*)/gm)) {
    const text = withoutComment(match[1] ?? '').trimEnd();
    const [, option = '', value = ''] = /^([^ \t]+)[ \t]*(.*)$/.exec(text) ?? [];
    if (option === '') continue;
    const start = match.index + match[0].length - (match[1] ?? '').length;
    const place = { source, span: { start, end: start + text.length } };
    const block = blocks.at(-1);
    if (blockKinds.has(option)) {
      blocks.push({ kind: option as Block['kind'], name: value, place, lines: [] });
      if (value === '') problems.push(problem('bad-value', place, `'${option}' names none`, 'skips its block'));
      continue;
    }
    const fault = findFault(option, value, place);
    if (fault !== null) problems.push(fault);
    else (block?.lines ?? global).push({ option, value, place });
    if (block !== undefined && /^(?:allow|deny)interfaces$/.test(option)) {
      const message = `'${option}' in the block '${block.kind} ${block.name}'; expected it before the first block`;
      problems.push(problem('ignored', place, message, 'ignores the line'));
    }
  }
  return { global, blocks, problems };
}

function findFault(option: string, value: string, place: Place): Problem | null {
  const takes = options.get(option);
  if (takes === undefined) return problem('unknown-key', place, `unknown option '${option}'`, 'ignores the line');
  if (takes === 'required' && value === '')
    return problem('bad-value', place, `'${option}' without a value`, 'ignores the line');
  return null;
}

function problem(kind: Problem['kind'], place: Place, message: string, consequence: string): Problem {
  return { kind, place, message, consequence };
}

/** A `#` begins a comment, unless it is quoted or escaped. */
function withoutComment(text: string): string {
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '\\') at += 1;
    else if (letter === '"') quoted = !quoted;
    else if (letter === '#' && !quoted) return text.slice(0, at);
  }
  return text;
}

/** The words of allowinterfaces and denyinterfaces: split at single commas and spaces (splitv()). */
export function patternsOf({ value }: Pick<Line, 'value'>): readonly string[] {
  return value.split(/[, ]/).filter((word) => word !== '');
}
