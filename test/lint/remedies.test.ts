/**
 * What a rule advises is right for a guest of either kind, whatever manager the example is of: its good examples lint clean and
 * leave the master alone, its fixes take away what it found and bring nothing else, and its help names the driver of that kind.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyFixes } from '../../src/findings/apply-fixes.ts';
import type { Finding } from '../../src/findings/finding.ts';
import type { Example } from '../../src/findings/rule.ts';
import { describeFinding } from '../../src/findings/settle.ts';
import { lintConfiguration } from '../../src/lint/lint.ts';
import { rules } from '../../src/lint/rules/all.ts';
import type { Assumption } from '../../src/topology/guest-assumed.ts';
import { viewExample } from './example.ts';

const kinds: readonly { readonly guest: Assumption; readonly foreign: RegExp }[] = [
  { guest: { kind: 'net_failover', groups: 1 }, foreign: /hv_netvsc(?! net_failover)(?<!net_failover hv_netvsc)/ },
  { guest: { kind: 'netvsc' }, foreign: /net_failover(?! hv_netvsc)(?<!hv_netvsc net_failover)/ },
];

/** The same configuration, where the links have that guest's names. */
function on({ kind }: Assumption, example: Example): Example {
  if (kind === 'net_failover') return example;
  const rename = (text: string) => text.replaceAll(/\benp1s0(?!nsby)\b/g, 'eth0').replaceAll(/\benp2s0\b/g, 'enP1s1');
  const files = Object.entries(example.files).map(([path, file]): [string, Example['files'][string]] => [
    rename(path),
    typeof file === 'string' ? rename(file) : { ...file, text: rename(file.text) },
  ]);
  return { ...example, files: Object.fromEntries(files) };
}

/** Masters that some file tells its manager to leave alone. */
async function abandoned(example: Example, guest: Assumption): Promise<readonly string[]> {
  const { decisions } = await viewExample(example, guest);
  return decisions.flatMap(({ link, winners }) =>
    link.role !== 'master'
      ? []
      : winners
          .filter(({ verdict, effects }) => verdict === 'yes' && effects.some(({ kind }) => kind === 'unmanaged'))
          .map(({ place }) => `${link.name} by ${place.source.path}`),
  );
}

function fixed(example: Example, finding: Finding): Example {
  const { files } = applyFixes([finding], true);
  const texts = files.map(({ path, after, mode }): [string, Example['files'][string]] => {
    const old = example.files[path];
    const kept = typeof old === 'object' ? old.mode : undefined;
    return [path, { text: after, mode: mode ?? kept ?? 0o644 }];
  });
  return { ...example, files: { ...example.files, ...Object.fromEntries(texts) } };
}

for (const { guest, foreign } of kinds)
  for (const rule of rules) {
    test(`${rule.id} ${rule.name}, ${guest.kind}: good examples lint clean and abandon no master`, async () => {
      for (const example of rule.good.map((one) => on(guest, one))) {
        assert.deepEqual(lintConfiguration(await viewExample(example, guest)).map(describeFinding), []);
        assert.deepEqual(await abandoned(example, guest), []);
      }
    });
    test(`${rule.id} ${rule.name}, ${guest.kind}: fixes and help of bad examples are right there`, async () => {
      for (const example of rule.bad.map((one) => on(guest, one))) {
        const findings = lintConfiguration(await viewExample(example, guest));
        const ids = new Set(findings.map((finding) => finding.rule));
        for (const finding of findings) {
          // what stands in quotes is what the user wrote
          const said = `${finding.help ?? ''} ${finding.fix?.description ?? ''}`.replaceAll(/'[^']*'/g, '');
          assert.doesNotMatch(said, foreign, `${finding.rule}: ${finding.message}`);
          if (finding.fix === null || finding.fix === undefined) continue;
          const after = fixed(example, finding);
          const left = lintConfiguration(await viewExample(after, guest));
          const same = left.filter((one) => one.rule === finding.rule && one.message === finding.message);
          assert.deepEqual(same.map(describeFinding), [], JSON.stringify(after.files));
          const come = left.filter((one) => !ids.has(one.rule));
          assert.deepEqual(come.map(describeFinding), [], JSON.stringify(after.files));
          const before = await abandoned(example, guest);
          const more = (await abandoned(after, guest)).filter((one) => !before.includes(one));
          assert.deepEqual(more, [], 'no fix abandons a master');
        }
      }
    });
  }
