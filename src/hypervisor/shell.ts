/** Commands as a person types them into a shell. */
import { encodeText } from '../system/bytes.ts';
import type { HostCommand } from './step.ts';

/** A command as a person types it into a shell. */
export function shellCommand({ argv, input }: HostCommand): string {
  const line = argv.map(shellQuote).join(' ');
  return input === undefined ? line : `printf '%s' ${shellQuote(input)} | ${line}`;
}

/** A word that bash reads as exactly this text, and a terminal shows without harm: control characters are spelled out. */
export function shellQuote(text: string): string {
  if (/^[-\w./:=,@%+]+$/.test(text)) return text;
  if (!/[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const spelled = [...text].map((character) => {
    if (character === "'" || character === '\\') return `\\${character}`;
    const isPlain = character.length === 2 || !/[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/.test(character);
    return isPlain
      ? character
      : [...encodeText(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  });
  return `$'${spelled.join('')}'`;
}
