/** The lines of a file that networkd complains about, and those that we do, by the daemon's count of lines. */
import type { ConfigFile, Judgement, Problem } from '../../../src/managers/claim.ts';
import { networkKeys } from '../../../src/managers/networkd/network-keys.ts';
import { findKey, readKeyTable } from '../../../src/managers/systemd/keys.ts';
import { parseIni } from '../../../src/text/ini.ts';
import type { Answer } from './daemon.ts';

/** What networkd says of a file's form; of values only those whose meaning we read count (not addresses, times …). */
const ofForm = /^(?:Unknown|Assignment|Missing|Invalid section|Bad characters|.*boolean)/;
const notOfLine = /^Failed to parse file/;
const ourValues =
  /^(?:Match\.|Network\.(?:DHCP|LinkLocalAddressing)$|Link\.(?:Unmanaged|ActivationPolicy|RequiredForOnline|MTUBytes)$|DHCP(?:v4)?\.ClientIdentifier$)/;

export function complaintLines(file: ConfigFile, messages: Answer['messages']): ReadonlySet<number> {
  const keys = new Map(
    parseIni(file.source).pieces.flatMap((piece) =>
      piece.kind === 'assignment' ? [[piece.line, `${piece.section?.name}.${piece.key}`] as const] : [],
    ),
  );
  return new Set(
    messages
      .filter(({ path, text }) => path === file.path && !notOfLine.test(text) && !text.includes('is deprecated'))
      .filter(({ text, line }) => ofForm.test(text) || isRead(keys.get(line) ?? ''))
      .map(({ line }) => line),
  );
}

const table = readKeyTable(networkKeys);

function isRead(sectionAndKey: string): boolean {
  const [section = '', key = ''] = sectionAndKey.split('.');
  return ourValues.test(sectionAndKey) || findKey(table, section, key, undefined)?.value.startsWith('boolean') === true;
}

export function problemLines(file: ConfigFile, { problems }: Judgement): ReadonlySet<number> {
  const document = parseIni(file.source);
  const lineOf = ({ place }: Problem): number => {
    const { start } = place.span;
    const fault = document.faults.find(({ span }) => span.start === start);
    const piece = document.pieces.find(({ span }) => span.start <= start && start < span.end);
    return fault?.line ?? (piece !== undefined && 'line' in piece ? piece.line : 0);
  };
  // What follows a fault for which the daemon gives up on the file it never sees.
  const last = document.rejected?.line ?? Infinity;
  const logged = problems.filter((problem) => problem.place.source.path === file.path && isLogged(problem));
  return new Set(logged.map(lineOf).filter((line) => line <= last));
}

/** Problems of a kind that networkd logs with FILE:LINE. */
function isLogged({ kind, message }: Problem): boolean {
  if (kind === 'ignored') return message.includes('no effect since');
  return kind !== 'trailing-comment';
}
