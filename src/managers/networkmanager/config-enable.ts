/**
 * [.config] enable of a file in conf.d: a boolean, or a list of versions and `env:` tags (ignore_config_snippet() in
 * src/core/nm-config.c). Each form below was asked of 1.42.4 with --print-config.
 */
import { keyFileBoolean, keyFileWords } from '../../text/key-file.ts';
import { anyOf, known } from '../verdict.ts';
import type { Verdict } from '../claim.ts';

/** Is the file read? `version`: of NetworkManager, undefined if it is not known. */
export function isEnabled(value: string, version: string | undefined): Verdict {
  const flag = keyFileBoolean(value);
  if (flag !== null) return known(flag);
  const words = keyFileWords(value);
  const isException = (word: string) => /^except:/i.test(word);
  const verdictOf = (word: string) => matchWord(word.replace(/^except:/i, ''), version);
  const except = words.filter(isException);
  const wanted = words.filter((word) => !isException(word));
  const out = anyOf(except.map(verdictOf));
  const hit = wanted.length > 0 ? anyOf(wanted.map(verdictOf)) : known(except.length > 0);
  if (out === 'yes' || hit === 'no') return 'no';
  return out === 'no' ? hit : 'maybe';
}

/** An `env:` tag is what NM_CONFIG_ENABLE_TAG of the daemon says: nobody sets it. */
function matchWord(word: string, version: string | undefined): Verdict {
  const [, tag, text = ''] = /^(nm-version(?:-min|-max)?):(.*)$/.exec(word) ?? [];
  if (tag === undefined) return 'no';
  const asked = text.trim().split('.');
  if (asked.length > 3 || asked.some((part) => !/^\d+$/.test(part))) return 'no';
  const is = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version ?? '')?.slice(1);
  if (is === undefined) return 'maybe';
  // but for the last number that is asked for, all must be the same: 1.42.4 is no 1.40.9 or later
  const last = asked.length - 1;
  if (asked.slice(0, last).some((part, index) => Number(part) !== Number(is[index]))) return 'no';
  if (is[last] === undefined) return 'maybe';
  const difference = Number(is[last]) - Number(asked[last]);
  return known(tag === 'nm-version' ? difference === 0 : tag.endsWith('-min') ? difference >= 0 : difference <= 0);
}
