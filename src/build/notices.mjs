/**
 * The notices of everything that is shipped inside the program, as `failoverctl --licenses` prints them: read from the
 * packages themselves when a bundle is made. A dependency in a bundle that has no notice ends the build.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The npm packages whose code is in the bundle. test/build/notices.test.ts holds this list against the bundle. */
export const bundledPackages = ['commander', 'yaml', 'systeminformation'];

function readNpmNotice(projectRoot, name) {
  const directory = join(projectRoot, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const file = readdirSync(directory).find((entry) => /^(?:licen[cs]e|copying)(?:\.|$)/i.test(entry));
  if (file === undefined || typeof license !== 'string')
    throw new Error(`${directory}: no licence file or no licence in package.json, expected both`);
  return { name, version, license, text: readFileSync(join(directory, file), 'utf8') };
}

/** All notices as one text. `parts`: `{ name, version, license, text }` of what only the executable holds. */
export function composeNotices(projectRoot, parts = []) {
  const own = { name: 'failoverctl', license: 'MIT', text: readFileSync(join(projectRoot, 'LICENSE'), 'utf8') };
  const all = [own, ...bundledPackages.map((name) => readNpmNotice(projectRoot, name)), ...parts];
  return all
    .map(({ name, version, license, text }) => {
      const title = [name, version, `(${license})`].filter(Boolean).join(' ');
      return `${title}\n${'='.repeat(title.length)}\n\n${text.trim()}\n`;
    })
    .join('\n\n');
}

/** `import { text } from 'notices:all'` is that text. */
export const noticesAsText = (projectRoot, parts = []) => ({
  name: 'notices-as-text',
  setup(context) {
    context.onResolve({ filter: /^notices:all$/ }, () => ({ path: 'all', namespace: 'notices' }));
    context.onLoad({ filter: /.*/, namespace: 'notices' }, () => ({
      contents: `export const text = ${JSON.stringify(composeNotices(projectRoot, parts))};`,
    }));
  },
});
