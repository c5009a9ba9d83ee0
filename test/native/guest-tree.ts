/** A recorded guest (test/fixtures/guests) as real files, for programs that run outside the test's own process. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

type Entry = string | { readonly link: string } | { readonly directory: true } | { readonly errno: string };

/** An attribute that answers with an errno cannot be had in a copy: it is left out. */
export function writeGuestTree(recording: string, root: string): void {
  const { entries } = JSON.parse(readFileSync(recording, 'utf8')) as { entries: Readonly<Record<string, Entry>> };
  for (const [path, entry] of Object.entries(entries)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    if (typeof entry === 'string') writeFileSync(file, entry);
    else if ('link' in entry) symlinkSync(entry.link, file);
    else if ('directory' in entry) mkdirSync(file, { recursive: true });
  }
}
