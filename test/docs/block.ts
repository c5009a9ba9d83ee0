/** A part of a page in docs/ that a program writes, between the lines `<!-- NAME -->` and `<!-- /NAME -->`. */
import { readFileSync, writeFileSync } from 'node:fs';

export function putIntoDocs(file: string, name: string, text: string): void {
  const page = readFileSync(file, 'utf8');
  if (readDocsBlock(page, name) === null)
    throw new Error(`${file} has no lines <!-- ${name} --> and <!-- /${name} -->`);
  const block = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
  writeFileSync(
    file,
    page.replace(block, (_, open: string, close: string) => `${open}\n${text.trim()}\n\n${close}`),
  );
}

/** Null: the page has no such lines. */
export function readDocsBlock(page: string, name: string): string | null {
  return new RegExp(`<!-- ${name} -->\n([^]*?)<!-- /${name} -->`).exec(page)?.[1]?.trim() ?? null;
}
