/** A part of README.md that a program writes, between the lines `<!-- NAME -->` and `<!-- /NAME -->`. */
import { readFileSync, writeFileSync } from 'node:fs';

export function putIntoReadme(name: string, text: string): void {
  const readme = readFileSync('README.md', 'utf8');
  const block = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
  if (!block.test(readme)) throw new Error(`README.md has no lines <!-- ${name} --> and <!-- /${name} -->`);
  writeFileSync(
    'README.md',
    readme.replace(block, (_, open: string, close: string) => `${open}\n${text}\n${close}`),
  );
}
