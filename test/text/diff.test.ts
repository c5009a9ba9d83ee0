import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { unifiedDiff } from '../../src/text/diff.ts';

const file = (text: string, mode = 0o644) => ({ text, mode });

test('a new file, a changed one, one taken away, a mode', () => {
  assert.equal(
    unifiedDiff('/etc/x', null, file('a\n')),
    'diff --git a/etc/x b/etc/x\nnew file mode 100644\n--- /dev/null\n+++ b/etc/x\n@@ -0,0 +1 @@\n+a\n',
  );
  assert.equal(
    unifiedDiff('/etc/x', file('a\nb', 0o755), null),
    'diff --git a/etc/x b/etc/x\ndeleted file mode 100755\n--- a/etc/x\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n\\ No newline at end of file\n',
  );
  assert.equal(
    unifiedDiff('/x', file('a\n', 0o644), file('a\n', 0o600)),
    'diff --git a/x b/x\nold mode 100644\nnew mode 100600\n',
  );
  assert.equal(unifiedDiff('/x', file('a\n'), file('a\n')), '');
});

test('changes far apart are hunks of their own, near ones share one', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}\n`);
  const near = lines.map((line, index) => (index === 2 || index === 9 ? 'changed\n' : line)).join('');
  const far = lines.map((line, index) => (index === 2 || index === 10 ? 'changed\n' : line)).join('');
  const hunks = (after: string) => unifiedDiff('/x', file(lines.join('')), file(after)).match(/^@@.*@@$/gm);
  assert.deepEqual(hunks(near), ['@@ -1,13 +1,13 @@']);
  assert.deepEqual(hunks(far), ['@@ -1,6 +1,6 @@', '@@ -8,7 +8,7 @@']);
});

test('patch(1) makes the new text of the old, and the old of the new', (t) => {
  if (spawnSync('patch', ['--version']).error !== undefined) {
    assert.notEqual(process.env['CI'], 'true', 'patch is missing');
    t.skip('patch is missing');
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-diff-'));
  t.after(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'etc'));
  const target = join(directory, 'etc/x');
  const line = fc.constantFrom('a', 'b', 'c', '', 'ä', '@@ -1 +1 @@', '--- a/x', '\\');
  const text = fc.tuple(fc.array(line, { maxLength: 40 }), fc.boolean()).map(([lines, newline]) => {
    return lines.length === 0 ? '' : lines.join('\n') + (newline ? '\n' : '');
  });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = unifiedDiff('/etc/x', file(before), file(after));
      if (diff === '') return assert.equal(before, after);
      for (const [from, to, option] of [
        [before, after, '--forward'],
        [after, before, '--reverse'],
      ] as const) {
        writeFileSync(target, from);
        chmodSync(target, 0o644);
        const patch = spawnSync('patch', ['-p1', '--batch', '--fuzz=0', option], { cwd: directory, input: diff });
        assert.equal(patch.status, 0, `${patch.stdout.toString()}${patch.stderr.toString()}\n${diff}`);
        // patch(1) takes a file away that it leaves empty
        assert.equal(to === '' ? '' : readFileSync(target, 'utf8'), to, diff);
      }
    }),
    { numRuns: 150 },
  );
});

test('the diff is as short as can be: as many lines as the longest common subsequence leaves', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const text = (parts: readonly string[]) => parts.map((part) => `${part}\n`).join('');
      const changed = unifiedDiff('/x', file(text(before)), file(text(after))).match(/^[-+][abc]$/gm)?.length ?? 0;
      assert.equal(changed, before.length + after.length - 2 * longestCommon(before, after));
    }),
  );
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const row = b.map(() => 0);
  for (const left of a) {
    let diagonal = 0;
    b.forEach((right, index) => {
      const above = row[index] ?? 0;
      row[index] = left === right ? diagonal + 1 : Math.max(above, row[index - 1] ?? 0);
      diagonal = above;
    });
  }
  return row.at(-1) ?? 0;
}
