/** What every renderer gives: whole files, ready to be written. */
import type { MasterConfig } from './master-config.ts';

export interface GeneratedFile {
  /** Absolute, in the guest: /etc/systemd/network/05-… */
  readonly path: string;
  readonly text: string;
  /** Permission bits. Owner and group are root. */
  readonly mode: number;
}

/** A file that begins with a comment: what it is for, and which command it came from. */
export function commentedFile(
  path: string,
  mode: number,
  { command }: Pick<MasterConfig, 'command'>,
  purpose: string,
  body: string,
): GeneratedFile {
  return { path, mode, text: `${comment(purpose)}#\n# From: ${command}\n\n${body}` };
}

/** A file of hooks/ as it is, with the command named at the end of the comment that it begins with. */
export function shippedFile(
  path: string,
  mode: number,
  { command }: Pick<MasterConfig, 'command'>,
  text: string,
): GeneratedFile {
  const end = /^(?:#.*\n)+/.exec(text)?.[0].length ?? 0;
  return { path, mode, text: `${text.slice(0, end)}#\n# From: ${command}\n${text.slice(end)}` };
}

/** Lines of text as lines of comment. */
export function comment(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '#\n' : `# ${line}\n`))
    .join('');
}
