/** What each form of the program weighs. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { formatMarkdown } from './measure.ts';

export function compareSizes(): string {
  const forms = [
    ['static executable, x64', 'dist/failoverctl-linux-x64'],
    ['static executable, arm64', 'dist/failoverctl-linux-arm64'],
    ['Node bundle', 'dist/failoverctl.cjs'],
    ['Node itself, which the bundle needs', process.execPath],
  ] as const;
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(2);
  const rows = forms.map(([name, path]) => {
    const packed = spawnSync('xz', ['-6', '--stdout', path], { maxBuffer: 1 << 28 });
    return [name, megabytes(statSync(path).size), megabytes(packed.stdout.length)];
  });
  return formatMarkdown(['form', 'MB', 'MB, xz'], rows);
}
