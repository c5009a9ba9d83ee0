/** /etc/network/interfaces has to name the file that the master's stanza is in: interfaces(5) reads no directory by itself. */
import { isFailure, type System } from '../system/system.ts';
import { fnmatch } from '../text/fnmatch.ts';
import type { Manifest } from '../inventory/manifest.ts';
import type { Wanted } from './plan.ts';

const interfacesPath = '/etc/network/interfaces';

/** What to alter so that `stanzaPath` is read; null where it is already. */
export function wantSourceLine(system: System, stanzaPath: string, installed: Manifest | null): Wanted | null {
  const before = installed?.files.find(({ path }) => path === interfacesPath)?.before;
  const text = before === undefined ? system.read(interfacesPath) : before.kind === 'file' ? before.text : '';
  if (isFailure(text) && text.errno !== 'ENOENT') return null;
  const line = `# The failover master's stanza.\nsource ${stanzaPath}\n`;
  if (isFailure(text) || before?.kind === 'absent') return { path: interfacesPath, text: line, mode: 0o644 };
  if (isSourced(text, stanzaPath)) return null;
  const patch = (other: string) => {
    const end = other === '' || other.endsWith('\n') ? '' : '\n';
    return isSourced(other, stanzaPath) ? other : `${other}${end}\n${line}`;
  };
  return { path: interfacesPath, patch };
}

/** `source` takes a pattern, `source-directory` (and whatever begins with source-dir) a directory; both relative to the file. */
function isSourced(text: string, path: string): boolean {
  const directory = path.slice(0, path.lastIndexOf('/'));
  return text.split('\n').some((line) => {
    const [word = '', ...operands] = line.trim().split(/\s+/);
    const globs = operands.map((operand) => (operand.startsWith('/') ? operand : `/etc/network/${operand}`));
    if (word === 'source') return globs.some((glob) => fnmatch(glob, path, { pathname: true, period: true }));
    return word.startsWith('source-dir') && globs.some((glob) => fnmatch(glob.replace(/\/+$/, ''), directory));
  });
}
