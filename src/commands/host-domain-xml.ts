/** `failoverctl host domain-xml`: the interface pair of a failover guest, by itself or put into a domain. */
import { type Domain, readDomain } from '../hypervisor/domain.ts';
import {
  type OemString,
  type PairRequest,
  type PatchRefusal,
  renderPair,
  renderSysinfo,
  smbiosElement,
} from '../hypervisor/domain-xml.ts';
import { connectLibvirt } from '../hypervisor/libvirt.ts';
import { patchDomain, type PatchPlan, type PatchRequest, planPatch } from '../hypervisor/patch-domain.ts';
import { shellQuote } from '../hypervisor/shell.ts';
import { virtXmlCommands } from '../hypervisor/virt-xml.ts';
import { editText } from '../findings/apply-fixes.ts';
import { encodeOemString, renderCredentials } from '../managers/credentials.ts';
import type { System } from '../system/system.ts';
import { positionAt, type Source } from '../text/source.ts';
import { parseArguments } from './arguments.ts';
import { CommandError, exitStatus } from './command.ts';
import { readXmlFile } from './xml-file.ts';
import { define, type DomainXmlOptions, readRequest } from './domain-xml-options.ts';

export { define } from './domain-xml-options.ts';

export function run(args: readonly string[], system: System): number {
  const { options } = parseArguments<DomainXmlOptions>(define(), args, system);
  const request = readRequest(options);
  const strings = options.withCredentials === true ? renderCredentials(guestOf(request)).map(encodeOemString) : [];
  const { patch, fromRunning } = options;
  if (patch === undefined && fromRunning === undefined) {
    const { source, vf } = request;
    // readRequest() ends with an error where one is missing.
    if (source === null || vf === null) throw new TypeError('no source or no VF');
    system.out(renderParts({ ...request, source, vf, alias: request.alias ?? 'ua-failover0' }, strings));
    return exitStatus.clean;
  }
  const opened = patch === undefined ? readRunning(fromRunning ?? '', options, system) : readFile(patch, system);
  const plan = planPatch(opened.domain, request);
  if ('message' in plan) throw refuse(opened, plan);
  if (options.print === 'virt-xml') {
    const name = fromRunning ?? opened.domain.name ?? '';
    if (name === '')
      throw refuse(opened, {
        element: opened.domain.element,
        message: 'the domain has no <name>, which virt-xml needs',
      });
    system.out(renderVirtXml(plan, options, name));
    return exitStatus.clean;
  }
  const edits = patchDomain(plan, strings);
  if ('message' in edits) throw refuse(opened, edits);
  system.out(editText(opened.text, edits));
  return exitStatus.clean;
}

/** A line for each command, as a person types it into a shell. */
function renderVirtXml(plan: PatchPlan, { connect }: DomainXmlOptions, domain: string): string {
  const program = ['virt-xml', ...(connect === undefined ? [] : ['--connect', connect])];
  // A name that begins with '-' would be read as an option.
  const line = (words: readonly string[]) =>
    domain.startsWith('-') ? [...program, ...words, '--', domain] : [...program, domain, ...words];
  return virtXmlCommands(plan)
    .map((words) => `${line(words).map(shellQuote).join(' ')}\n`)
    .join('');
}

/** The guest as its guard needs to know it: by the MAC that the pair has. */
function guestOf({ mac }: PatchRequest): Parameters<typeof renderCredentials>[0] {
  const command = `failoverctl host domain-xml --with-credentials --mac ${mac}`;
  return { masters: [{ kind: 'net_failover', name: '', mac }], command };
}

/** Each part with the element that it goes into, where there are several. */
function renderParts(request: PairRequest, strings: readonly OemString[]): string {
  const pair = renderPair(request);
  if (strings.length === 0) return pair;
  return `<!-- into <devices> -->\n${pair}<!-- into <os> -->\n${smbiosElement}<!-- into <domain> -->\n${renderSysinfo(strings)}`;
}

interface OpenedDomain {
  /** A file, or "domain NAME". */
  readonly path: string;
  readonly text: string;
  readonly domain: Domain;
}

function readFile(path: string, system: System): OpenedDomain {
  const text = readXmlFile(path, system, '--patch: ');
  const source = { path, text };
  const { document, domain } = readDomain(source);
  const [fault] = document.faults;
  if (fault !== undefined) throw new CommandError(`${placeOf(source, fault.span.start)}: ${fault.message}`);
  if (domain === null) throw new CommandError(`${path}: there is no <domain> in it`);
  return { path, text, domain };
}

/** What the domain will be when it is started again: XML that 'virsh define' accepts. */
function readRunning(name: string, { connect }: DomainXmlOptions, system: System): OpenedDomain {
  const domain = connectLibvirt(system, connect ?? null).domain(name, true);
  if (typeof domain === 'string') throw new CommandError(domain);
  const { path, text } = domain.document.source;
  return { path, text, domain };
}

function placeOf(source: Source, offset: number): string {
  const { line, column } = positionAt(source, offset);
  return `${source.path}:${line}:${column}`;
}

function refuse({ path, text }: OpenedDomain, { element, message }: PatchRefusal): CommandError {
  return new CommandError(`${placeOf({ path, text }, element.span.start)}: ${message}`);
}
