import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../src/findings/finding.ts';
import { rules } from '../../src/lint/rules/all.ts';
import { renderGithub } from '../../src/report/github.ts';
import { renderHuman } from '../../src/report/human.ts';
import { renderSarif } from '../../src/report/sarif.ts';

const text = '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n';
const source = { path: '/etc/systemd/network/20 %all.network', text };
const at = (word: string) => ({ source, span: { start: text.indexOf(word), end: text.indexOf(word) + word.length } });
const finding: Finding = {
  rule: 'FO101',
  name: 'dhcp-on-slave',
  severity: 'error',
  message: "networkd asks for an address of 'enp2s0': 100% wrong",
  place: at('DHCP=yes'),
  related: [{ place: at('Name=en*'), label: 'this takes it' }],
  link: 'enp2s0',
  phase: 'boot',
  help: 'match the master',
  fix: { description: 'match by driver', safe: false, edits: [{ place: at('Name=en*'), text: 'Driver=net_failover' }] },
};

test('human: a frame, a labelled related place, help and fix', () => {
  assert.equal(
    renderHuman([finding], false),
    `error[FO101] networkd asks for an address of 'enp2s0': 100% wrong (dhcp-on-slave)
  --> /etc/systemd/network/20 %all.network:5:1
 5 | DHCP=yes
   | ^^^^^^^^
 2 | Name=en*
   | ^^^^^^^^ this takes it
  help: match the master
  fix: match by driver (--unsafe-fixes)

1 error
`,
  );
  assert.equal(renderHuman([], false), '');
});

test('human: what comes from a file cannot steer the terminal', () => {
  const evil = { path: '/x', text: 'Name=\u001b[2J\n' };
  const printed = renderHuman(
    [{ ...finding, related: [], place: { source: evil, span: { start: 0, end: 9 } } }],
    false,
  );
  assert.ok(!printed.includes('\u001b'));
  assert.match(printed, /Name=\\x1b\[2J/);
});

test('github: one command a finding, escaped as the runner wants it', () => {
  assert.equal(
    renderGithub([finding]),
    "::error file=/etc/systemd/network/20 %25all.network,line=5,col=1,endLine=5,endColumn=9,title=FO101 dhcp-on-slave::networkd asks for an address of 'enp2s0': 100%25 wrong%0Amatch the master\n",
  );
});

interface SarifText {
  readonly text: string;
}
interface SarifLocation {
  readonly artifactLocation: { readonly uri: string };
  readonly region: Record<string, number>;
}
interface SarifLog {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly {
    readonly columnKind: string;
    readonly tool: {
      readonly driver: {
        readonly name: string;
        readonly rules: readonly {
          readonly id: string;
          readonly shortDescription: SarifText;
          readonly fullDescription: SarifText;
          readonly defaultConfiguration: { readonly level: string };
        }[];
      };
    };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: SarifText;
      readonly locations: readonly { readonly physicalLocation: SarifLocation }[];
      readonly relatedLocations?: readonly { readonly physicalLocation: SarifLocation }[];
      readonly fixes?: readonly {
        readonly artifactChanges: readonly {
          readonly artifactLocation: { readonly uri: string };
          readonly replacements: readonly {
            readonly deletedRegion: Record<string, number>;
            readonly insertedContent: SarifText;
          }[];
        }[];
      }[];
    }[];
  }[];
}

/** What SARIF 2.1.0 (OASIS standard, sections 3.13 to 3.58) requires of the properties that are used here. */
function checkSarif(log: SarifLog): void {
  assert.equal(log.version, '2.1.0');
  assert.match(log.$schema, /sarif-2\.1\.0\.json$/);
  assert.deepEqual(Object.keys(log).sort(), ['$schema', 'runs', 'version']);
  for (const run of log.runs) {
    assert.equal(typeof run.tool.driver.name, 'string');
    assert.ok(['utf16CodeUnits', 'unicodeCodePoints'].includes(run.columnKind));
    const ids = run.tool.driver.rules.map(({ id }: { id: string }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { shortDescription, fullDescription, defaultConfiguration } of run.tool.driver.rules) {
      assert.equal(typeof shortDescription.text, 'string');
      assert.equal(typeof fullDescription.text, 'string');
      assert.ok(['none', 'note', 'warning', 'error'].includes(defaultConfiguration.level));
    }
    for (const result of run.results) {
      assert.equal(ids[result.ruleIndex], result.ruleId);
      assert.ok(['none', 'note', 'warning', 'error'].includes(result.level));
      assert.ok(result.message.text.length > 0);
      for (const { physicalLocation } of [...result.locations, ...(result.relatedLocations ?? [])])
        checkLocation(physicalLocation);
      for (const fix of result.fixes ?? [])
        for (const { artifactLocation, replacements } of fix.artifactChanges) {
          checkUri(artifactLocation.uri);
          assert.ok(replacements.length > 0);
          for (const { deletedRegion, insertedContent } of replacements) {
            checkRegion(deletedRegion);
            assert.equal(typeof insertedContent.text, 'string');
          }
        }
    }
  }
}

function checkLocation({ artifactLocation, region }: SarifLocation): void {
  checkUri(artifactLocation.uri);
  checkRegion(region);
}

function checkUri(uri: string): void {
  assert.match(uri, /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-F]{2})+$/);
}

function checkRegion({ startLine, startColumn, endLine, endColumn }: Record<string, number>): void {
  for (const number of [startLine, startColumn, endLine, endColumn])
    assert.ok(Number.isInteger(number) && Number(number) >= 1);
  assert.ok(Number(endLine) > Number(startLine) || Number(endColumn) >= Number(startColumn));
}

test('sarif: has what 2.1.0 requires', () => {
  const odd = { path: 'caf\udce9.network', text: 'x\udce9\n' };
  const other: Finding = {
    ...finding,
    rule: 'FO107',
    severity: 'info',
    related: [],
    fix: null,
    place: { source: odd, span: { start: 0, end: 2 } },
  };
  const log = JSON.parse(renderSarif([finding, other], rules, '1.2.3'));
  checkSarif(log);
  assert.equal(
    log.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri,
    'file:///etc/systemd/network/20%20%25all.network',
  );
  assert.deepEqual(
    log.runs[0].results.map(({ level }: { level: string }) => level),
    ['error', 'note'],
  );
  checkSarif(JSON.parse(renderSarif([], rules, '1.2.3')));
});

test('sarif and github: what was not judged is no clean result', () => {
  const { runs } = JSON.parse(renderSarif([], rules, '1', ['nothing was judged: why'])) as {
    runs: readonly { readonly invocations: unknown }[];
  };
  assert.deepEqual(runs[0]?.invocations, [
    {
      executionSuccessful: false,
      toolExecutionNotifications: [{ level: 'error', message: { text: 'nothing was judged: why' } }],
    },
  ]);
  assert.doesNotMatch(renderSarif([], rules, '1'), /invocations/);
  assert.equal(renderGithub([], ['100% unread']), '::error title=failoverctl::100%25 unread\n');
});
