/** The distributions' packages: failoverctl for each machine, and failoverctl-guard for all of them. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { projectRoot } from './bundle.mjs';
import { makeDeb } from './make-deb.mjs';
import { makeRpm } from './make-rpm.mjs';
import { fillGuardTree, fillProgramTree, put } from './package-tree.mjs';

/** What each distribution calls a machine. */
export const machines = [
  { name: 'x64', deb: 'amd64', rpm: 'x86_64' },
  { name: 'arm64', deb: 'arm64', rpm: 'aarch64' },
];

/** A package must name somebody. The project has no address yet, and .invalid says so (RFC 2606). */
export const defaultMaintainer = 'The failoverctl developers <maintainers@failoverctl.invalid>';

const program = [
  'make guests with a net_failover NIC work',
  'A hypervisor gives a guest a virtio NIC and an SR-IOV VF with one MAC, which',
  'the kernel joins with net_failover. failoverctl keeps network managers off',
  'the two slaves, lints configurations, and prepares and runs migrations.',
  'Nothing acts on the guest before "failoverctl install" is run.',
];
const guard = [
  'keep network managers off the slaves of a net_failover NIC',
  'A hypervisor gives a guest a virtio NIC and an SR-IOV VF with one MAC, which',
  'the kernel joins with net_failover. This package holds udev rules that know',
  'the two slaves, and what keeps systemd-networkd, NetworkManager, ifupdown,',
  'dhcpcd and the initramfs off them. It is for images and guests of any kind,',
  'does nothing where there is no such NIC, and needs no other package.',
];

/** The lines of packaging/lint-exceptions.txt for a tool and a package. */
export function lintExceptions(tool, name) {
  return readFileSync(join(projectRoot, 'packaging/lint-exceptions.txt'), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [of, to, ...rest] = line.split(' ');
      return of === tool && to === name ? [rest.join(' ')] : [];
    });
}

const reload = readFileSync(join(projectRoot, 'packaging/guard/reload.sh'), 'utf8');
const script = (...words) =>
  `#!/bin/sh\nset -e\ncase $1 in\n${words.join(' | ')})\n${reload.replace(/^(?=.)/gm, '  ')}  ;;\nesac\n`;

/**
 * Makes them in the folder `out`; returns their paths. `executables`: by machine's name; of these machines alone. `runner`: one that
 * runs here. `pages`: manual pages. `notices`, `changelog`: texts. `maintainer`: "NAME <ADDRESS>". `homepage`: a URL or undefined.
 * `work`: a folder for what is made on the way. `env`: with SOURCE_DATE_EPOCH, as `epoch`.
 */
export function makePackages(contents) {
  const { executables, runner, pages, changelog, version, maintainer, homepage, out, work, epoch, env } = contents;
  const common = { version, maintainer, out, work, epoch, env };
  mkdirSync(work, { recursive: true });
  mkdirSync(out, { recursive: true });
  const made = [];
  const deb = (name, tree, architecture, description, fields, members) => {
    put(tree, `usr/share/lintian/overrides/${name}`, overrides(name));
    made.push(
      makeDeb(tree, {
        ...common,
        name,
        architecture,
        description,
        fields: { ...fields, Homepage: homepage },
        members,
      }),
    );
  };
  const rpm = (name, tree, architecture, description, { license, tags, scriptlets, own }) =>
    made.push(
      makeRpm(tree, {
        ...common,
        name,
        architecture,
        description,
        license,
        tags: { URL: homepage, ...tags },
        scriptlets,
        own,
      }),
    );
  const debTexts = (name, copyright) => ({
    copyright,
    'changelog.gz': gzipSync(changelog, { level: 9 }),
    'changelog.Debian.gz': gzipSync(debianChangelog(name, version, maintainer, epoch), { level: 9 }),
  });
  for (const machine of machines.filter(({ name }) => name in executables)) {
    const files = { executable: executables[machine.name], runner, pages };
    const tree = (kind) => join(work, `${kind}-${machine.name}`);
    const copyright = debianCopyright(contents.notices);
    fillProgramTree(tree('deb'), { ...files, kind: 'deb', texts: debTexts('failoverctl', copyright) });
    deb('failoverctl', tree('deb'), machine.deb, program, { Suggests: 'failoverctl-guard' }, {});
    const texts = { LICENSES: contents.notices, 'CHANGELOG.md': changelog };
    fillProgramTree(tree('rpm'), { ...files, kind: 'rpm', texts });
    rpm('failoverctl', tree('rpm'), machine.rpm, program, {
      license: 'MIT AND ISC',
      tags: { Suggests: 'failoverctl-guard' },
      scriptlets: {},
      own: ['/usr/share/doc/failoverctl'],
    });
  }
  const license = readFileSync(join(projectRoot, 'LICENSE'), 'utf8');
  const guardTree = (kind) => join(work, `${kind}-guard`);
  fillGuardTree(guardTree('deb'), {
    kind: 'deb',
    runner,
    texts: debTexts('failoverctl-guard', debianCopyright(`failoverctl (MIT)\n\n${license}`)),
  });
  deb(
    'failoverctl-guard',
    guardTree('deb'),
    'all',
    guard,
    {},
    {
      postinst: script('configure'),
      postrm: script('remove'),
      // as every package with a hook for it does
      triggers: 'activate-noawait update-initramfs\n',
    },
  );
  fillGuardTree(guardTree('rpm'), { kind: 'rpm', runner, texts: { LICENSES: license, 'CHANGELOG.md': changelog } });
  rpm('failoverctl-guard', guardTree('rpm'), 'noarch', guard, {
    license: 'MIT',
    tags: {},
    scriptlets: { post: `${reload}exit 0\n`, postun: `${reload}exit 0\n` },
    own: [
      '/usr/share/doc/failoverctl-guard',
      '/usr/share/failoverctl',
      '/usr/lib/failoverctl',
      '/usr/lib/dracut/modules.d/96net-failover',
    ],
  });
  return made;
}

function overrides(name) {
  return lintExceptions('lintian', name)
    .map((line) => `${name}: ${line}\n`)
    .join('');
}

/** Debian policy 12.5: the text of all licences, in one file of this name. */
function debianCopyright(notices) {
  return `failoverctl and everything that is linked into it; each part with its notice.\n\n${notices}`;
}

/** deb-changelog(5). What has changed stands in the changelog beside it. */
function debianChangelog(name, version, maintainer, epoch) {
  const date = new Date(epoch * 1000).toUTCString().replace('GMT', '+0000');
  return `${name} (${version}-1) unstable; urgency=medium\n\n  * Release ${version}; see changelog.gz.\n\n -- ${maintainer}  ${date}\n`;
}
