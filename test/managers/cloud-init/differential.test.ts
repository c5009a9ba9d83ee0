/**
 * What we say that cloud-init would write, against what its own renderers write, for its corpus and for random
 * configurations: 22.4.2 unpacked here, 25.1.4 and 26.2 in the trees of test/setup-oracles.mjs. Compared is what decides about
 * links; left out are DNS, routes other than a gateway, metrics, may-fail, bond and bridge parameters, UUIDs, and
 * NetworkManager's conf.d file for IPv6 addresses. FAILOVERCTL_RUNS and FC_SEED as for ifupdown.
 */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { lowerConfig } from '../../../src/managers/cloud-init/manager.ts';
import { effectsOf } from '../../../src/managers/ifupdown/effects.ts';
import { readConfiguration } from '../../../src/managers/ifupdown/configuration.ts';
import { parseYamlTree, valueOf, type YamlNode } from '../../../src/text/yaml-tree.ts';
import { file, link } from '../ifupdown/guest.ts';
import {
  askCloudInit,
  askCloudInitIn,
  findCloudInit,
  whyNoCloudInit,
  type Case,
  type CloudInitAnswer,
} from './oracle.ts';
import { faultyConfig, meetingConfig, networkConfig, rareConfig, seenMacs } from './random.ts';

const corpus = '../shared/corpora/cloud-init';
const reason = whyNoCloudInit();
const skip = reason !== null && process.env['CI'] !== 'true' ? `skipped: ${reason}` : false;
const runs = Number(process.env['FAILOVERCTL_RUNS'] ?? 60);
const seed = Number(process.env['FC_SEED'] ?? 2511);
const faultySeed = Number(process.env['FAILOVERCTL_FAULTY_SEED'] ?? 20261130);
const faultyRuns = Number(process.env['FAILOVERCTL_RUNS'] ?? 200);
const renderers = ['netplan', 'eni', 'networkd', 'network-manager'] as const;

interface Oracle {
  readonly version: string;
  readonly skip: string | false;
  readonly ask: (cases: readonly Case[]) => readonly CloudInitAnswer[];
}

const old: Oracle = { version: '22.4.2', skip, ask: askCloudInit };

const oracles: readonly Oracle[] = [
  old,
  ...[['trixie', '25.1.4'] as const, ['sid-network', '26.2'] as const].map(([name, version]): Oracle => {
    const root = findCloudInit(name);
    const missing = `skipped: no cloud-init in the tree ${name}, or no chroot (node test/setup-oracles.mjs)`;
    return { version, skip: root === null ? missing : false, ask: (cases) => askCloudInitIn(root ?? '', cases) };
  }),
];

for (const oracle of oracles) {
  const { version } = oracle;
  test(`cloud-init ${version} writes what we lower random configurations to`, { skip: oracle.skip }, (context) => {
    const { agreed, disagreements } = compare(fc.sample(networkConfig, { numRuns: runs, seed }), oracle);
    context.diagnostic(
      `seed ${seed}: ${agreed} of ${runs * renderers.length} renderings of ${runs} configurations agree`,
    );
    assert.deepEqual(disagreements.slice(0, 3), [], `seed ${seed}: ${disagreements.length} disagreements`);
  });

  test(`cloud-init ${version} writes what we lower rare settings to`, { skip: oracle.skip }, (context) => {
    const { agreed, disagreements } = compare(fc.sample(rareConfig, { numRuns: runs, seed }), oracle);
    context.diagnostic(
      `seed ${seed}: ${agreed} of ${runs * renderers.length} renderings of ${runs} configurations agree`,
    );
    assert.deepEqual(disagreements.slice(0, 3), [], `seed ${seed}: ${disagreements.length} disagreements`);
  });
}

for (const oracle of oracles) {
  const { version } = oracle;
  test(
    `where a value is of another type cloud-init ${version} ends in an error where we say so, and else writes what we lower`,
    { skip: oracle.skip },
    (context) => {
      const texts = fc.sample(faultyConfig, { numRuns: faultyRuns, seed: faultySeed });
      const { agreed, disagreements, silent } = compare(texts, oracle, true);
      const all = faultyRuns * renderers.length;
      context.diagnostic(`seed ${faultySeed}: ${agreed} of ${all} renderings agree, ${silent.length} errors untold`);
      assert.deepEqual(silent.slice(0, 3), [], 'cloud-init ends in an error of which we say nothing');
      assert.deepEqual(disagreements.slice(0, 3), [], `seed ${faultySeed}: ${disagreements.length} disagreements`);
    },
  );
}

for (const oracle of oracles)
  test(`cloud-init ${oracle.version} keeps what we keep of definitions that meet`, { skip: oracle.skip }, (context) => {
    const numRuns = Math.ceil(runs / 3);
    const texts = fc.sample(meetingConfig, { numRuns, seed });
    const { agreed, disagreements } = compare(texts, oracle, true);
    context.diagnostic(`seed ${seed}: ${agreed} of ${numRuns * renderers.length} renderings agree`);
    assert.deepEqual(disagreements.slice(0, 3), [], `seed ${seed}: ${disagreements.length} disagreements`);
  });

test(
  'cloud-init writes what we lower its own examples to',
  { skip: skip === false && !existsSync(corpus) ? 'skipped: no corpora here' : skip },
  (context) => {
    const paths = [
      ...readdirSync(`${corpus}/network_configs`).map((name) => `${corpus}/network_configs/${name}/yaml.yaml`),
      ...readdirSync(`${corpus}/doc-examples`).map((name) => `${corpus}/doc-examples/${name}`),
      ...readdirSync(`${corpus}/rendering-artifacts`)
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => `${corpus}/rendering-artifacts/${name}`),
    ].filter((path) => existsSync(path));
    const { agreed, disagreements } = compare(
      paths.map((path) => readFileSync(path, 'utf8')),
      old,
    );
    context.diagnostic(`${agreed} of ${paths.length * renderers.length} renderings of ${paths.length} files agree`);
    for (const { sign, renderer, cause } of known) context.diagnostic(`known: ${renderer}, ${sign}: ${cause}`);
    const isKnown = (text: string) =>
      known.some(({ sign, renderer }) => text.startsWith(`${renderer}:`) && text.includes(sign));
    assert.deepEqual(disagreements.filter((text) => !isKnown(text)).slice(0, 3), []);
    assert.equal(disagreements.length, known.length, 'a known disagreement is gone: strike it from the list');
  },
);

/** Where we say otherwise than cloud-init 22.4.2, and why. */
const known = [
  { sign: 'ib0', renderer: 'eni', cause: 'the mtu of a subnet is not carried over, only that of a device' },
  { sign: 'ib0', renderer: 'network-manager', cause: 'InfiniBand by MAC: no failover group has such a link' },
];

/** `coarse`: without MTU, gateway and accept-ra, which decide nothing of who takes a link. */
function compare(
  texts: readonly string[],
  { version, ask }: Oracle,
  coarse = false,
): { readonly agreed: number; readonly disagreements: readonly string[]; readonly silent: readonly string[] } {
  const cases = texts.flatMap((text) => renderers.map((renderer): Case => ({ text, renderer, macs: seenMacs })));
  const answers = ask(cases);
  const disagreements: string[] = [];
  const silent: string[] = [];
  let agreed = 0;
  for (const [index, { text, renderer }] of cases.entries()) {
    const answer = answers[index];
    assert.ok(answer !== undefined);
    const factsOf = (files: Files) => facts(files).filter((fact) => !coarse || !fine.test(fact));
    const theirs = 'error' in answer ? null : factsOf(Object.entries(answer.files));
    const ours = lowered(text, renderer, version);
    // A renderer that ends in an error writes nothing, or only part of it.
    if (theirs === null ? ours.length === 0 : JSON.stringify(factsOf(ours)) === JSON.stringify(theirs)) agreed += 1;
    else {
      const error = 'error' in answer ? answer.error : '';
      if (theirs === null) silent.push(`${renderer}: ${error}\n${text}`);
      disagreements.push(
        `${renderer}: ${version}\n  ours ${JSON.stringify(factsOf(ours))}\n  cloud-init ${JSON.stringify(theirs)} ${error}\n${text}`,
      );
    }
  }
  // A look at all of them, one a line, for who mends them.
  const path = process.env['FAILOVERCTL_DISAGREEMENTS'];
  if (path !== undefined) appendFileSync(path, disagreements.map((one) => `${JSON.stringify(one)}\n`).join(''));
  return { agreed, disagreements, silent };
}

function lowered(text: string, renderer: Case['renderer'], version: string): readonly (readonly [string, string])[] {
  const { root } = parseYamlTree({ path: 'network-config', text });
  const config = valueOf(root, 'network') ?? root;
  if (config?.kind !== 'map') return [];
  const links = Object.entries(seenMacs).map(([mac, name]) => link(name, { mac }));
  return lowerConfig(config, renderer, links, version).map(({ path, source }) => [path, source.text] as const);
}

const fine = /mtu|gateway| to default by |accept-?ra|vlan\.id|\/(?:None|null|True|true|False|false)(?:\/|$)/i;

type Files = readonly (readonly [path: string, text: string])[];

/** What the files say that decides about links, in one order. */
function facts(files: Files): readonly string[] {
  const all = files.flatMap(([path, text]) => readers.find(({ of }) => of.test(path))?.read(path, text) ?? []);
  return [...new Set(all)].sort();
}

const readers: readonly { readonly of: RegExp; readonly read: (path: string, text: string) => readonly string[] }[] = [
  {
    of: /netplan/,
    read: (_path, text) => netplanFacts(valueOf(parseYamlTree({ path: 'x', text }).root, 'network'), ''),
  },
  { of: /interfaces\.d/, read: (path, text) => ifupdownFacts(path, text) },
  { of: /\.rules$/, read: (_path, text) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#')) },
  {
    of: /\.network$/,
    read: (path, text) =>
      iniFacts(path, text, /^(?:Match|Link|Address)\.|^Network\.(?:DHCP|IPv6AcceptRA|VLAN|Bond|Bridge)=/).concat(
        text
          .split(/^(?=\[)/m)
          .filter((section) => section.startsWith('[Route]') && !section.includes('Destination='))
          .map((section) => `${path.slice(path.lastIndexOf('/') + 1)}: ${section.trim().split('\n').sort().join(' ')}`),
      ),
  },
  { of: /\.netdev$/, read: (path, text) => iniFacts(path, text, /^(?:NetDev|VLAN)\./) },
  {
    of: /\.nmconnection$/,
    read: (path, text) =>
      iniFacts(
        path,
        text,
        /^connection\.(?:id|type|interface-name|slave-type|autoconnect-priority)=|^ethernet\.(?:mac-address|mtu)=|^vlan\.id=|^ipv[46]\.(?:method|address\d|gateway)/,
        // an address that is written twice is one
      ).map((fact) => fact.replace(/(?<=\.address)\d+=/, '=')),
  },
];

const ignoredKeys = /nameservers|parameters|overrides|wakeonlan|renderer|version/;

function netplanFacts(node: YamlNode | undefined, path: string): readonly string[] {
  if (node?.kind === 'map') {
    return node.entries.flatMap(({ key, value }) =>
      key === 'routes'
        ? defaultRoutes(value, path)
        : ignoredKeys.test(key)
          ? []
          : netplanFacts(value, `${path}/${key}`).concat(`${path}/${key}`),
    );
  }
  if (node?.kind === 'sequence') return node.items.flatMap((item) => netplanFacts(item, `${path}[]`));
  return node === undefined ? [] : [`${path}=${String(node.value)}`];
}

function defaultRoutes(node: YamlNode, path: string): readonly string[] {
  return (node.kind === 'sequence' ? node.items : []).flatMap((route) => {
    const [to, via, onLink] = ['to', 'via', 'on-link'].map((key) => valueOf(route, key));
    const text = (its: YamlNode | undefined) => (its?.kind === 'scalar' ? String(its.value) : '');
    return text(to) === 'default'
      ? [`${path} to default by ${text(via)}${text(onLink) === 'true' ? ' on link' : ''}`]
      : [];
  });
}

function ifupdownFacts(path: string, text: string): readonly string[] {
  const { classes, stanzas } = readConfiguration([file(path, text)], () => []);
  return [
    ...[...classes].flatMap(([name, entries]) => entries.map(({ value }) => `${name} ${value}`)),
    ...stanzas.map((stanza) => {
      const ports = stanza.options
        .filter(({ name }) => /^(?:bond-master|bridge_ports|vlan-raw-device)$/.test(name))
        .map(({ name, parts }) => `${name} ${parts.map(({ value }) => value).join()}`);
      // cloud-init writes a route as a command of ip(8) or route(8), which says nothing of who takes a link: it is not lowered
      const effects = effectsOf(stanza)
        .filter(({ kind }) => kind !== 'command')
        .filter(({ kind }) => kind !== 'enslave')
        .map(({ kind, detail }) => `${kind} ${detail ?? ''}`);
      return `${stanza.name.value} ${stanza.family} ${stanza.method}: ${[...effects, ...ports].sort().join(', ')}`;
    }),
  ];
}

function iniFacts(path: string, text: string, wanted: RegExp): readonly string[] {
  let section = '';
  return text.split('\n').flatMap((line) => {
    section = /^\[(.*)\]$/.exec(line)?.[1] ?? section;
    const fact = `${section}.${line}`;
    return line.includes('=') && wanted.test(fact) ? [`${path.slice(path.lastIndexOf('/') + 1)}: ${fact}`] : [];
  });
}
