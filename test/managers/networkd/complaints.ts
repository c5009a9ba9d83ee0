/** The lines of a file that networkd complains about, and those that we do, by the daemon's count of lines. */
import type { ConfigFile, Judgement, Problem } from '../../../src/managers/claim.ts';
import { parseIni } from '../../../src/text/ini.ts';
import type { Answer } from './daemon.ts';

/** Warnings about what is taken all the same, and those about the file as a whole. */
const accepted =
  /^(?!.*ignoring).*is deprecated, |assuming |will be changed in the future|historical reasons|too short, using|too large, using|without static address configured|section without/i;
const notOfLine = /^Failed to parse file/;

/** Does networkd ignore the line that it says this of? */
export function isRefusal(text: string): boolean {
  return !accepted.test(text) && !notOfLine.test(text);
}

export function complaintLines(file: ConfigFile, messages: Answer['messages']): ReadonlySet<number> {
  const own = messages.filter(({ path, text }) => path === file.path && isRefusal(text));
  return new Set(own.map(({ line }) => line));
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
