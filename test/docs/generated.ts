/** What stands in docs/ and README.md by a program's word: the table of rules, and what commands print. */
import { readFileSync } from 'node:fs';
import { documentedRules } from '../../src/commands/rule.ts';
import { main } from '../../src/main.ts';
import { renderRuleTable } from '../../src/report/rule-docs.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

export interface GeneratedBlock {
  readonly file: string;
  /** Between `<!-- NAME -->` and `<!-- /NAME -->`. */
  readonly name: string;
  readonly make: () => Promise<string>;
}

type Files = Readonly<Record<string, MemoryEntry>>;

const catchAll = `network:
  version: 2
  ethernets:
    all-en:
      match: {name: "en*"}
      dhcp4: true
`;
const dangling = `<domain type='kvm'>
  <name>vm-01</name>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <interface type='bridge'>
      <mac address='52:54:00:00:12:53'/>
      <source bridge='br0'/>
      <model type='virtio'/>
      <link state='down'/>
      <teaming type='persistent'/>
      <alias name='ua-failover0'/>
    </interface>
    <interface type='hostdev' managed='yes'>
      <mac address='52:54:00:00:12:53'/>
      <source><address type='pci' domain='0x0000' bus='0x42' slot='0x02' function='0x5'/></source>
      <teaming type='transient' persistent='ua-x'/>
    </interface>
  </devices>
</domain>
`;

/** A recorded guest of the lab, with its programs' answers (test/fixtures/status). */
function recorded(name: string): Files {
  return { '/guest.json': readFileSync(`test/fixtures/status/${name}.json`, 'utf8') };
}

export const blocks: readonly GeneratedBlock[] = [
  { file: 'docs/rules.md', name: 'rules', make: async () => renderRuleTable(documentedRules()) },
  printed('README.md', 'map', ['map', '90-default.yaml'], { '/90-default.yaml': catchAll }),
  printed('docs/lint.md', 'lint', ['lint', '90-default.yaml'], { '/90-default.yaml': catchAll }),
  printed('docs/guests.md', 'status', ['status', '--snapshot', 'guest.json'], recorded('broken-networkd')),
  printed('docs/lint.md', 'explain', ['explain', 'primary', '90-default.yaml'], { '/90-default.yaml': catchAll }),
  printed('docs/hypervisor.md', 'lint-domain', ['host', 'lint-domain', 'bad.xml'], { '/bad.xml': dangling }),
];

/** A command's line and standard output, in Markdown. */
function printed(file: string, name: string, args: readonly string[], files: Files): GeneratedBlock {
  const make = async () => {
    const system = memorySystem(files);
    // a path is named as one would type it; the tree of a test has no working directory
    const status = await main(
      args.map((word) => (`/${word}` in files ? `/${word}` : word)),
      system,
    );
    if (status > 1) throw new Error(`failoverctl ${args.join(' ')}: ${system.stderr}`);
    const text = `$ failoverctl ${args.join(' ')}\n${system.stdout.trim()}`.replaceAll(
      /(?<=[\s'])\/(?=(?:90-default\.yaml|bad\.xml))/g,
      '',
    );
    return `\`\`\`console\n${text}\n\`\`\``;
  };
  return { file, name, make };
}
