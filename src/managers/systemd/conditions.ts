/** Conditions on the machine in [Match]: Host=, Virtualization= … (src/shared/condition.c). */
import { fnmatch } from '../../text/fnmatch.ts';
import type { HostFacts } from '../../topology/guest.ts';
import type { Verdict } from '../claim.ts';
import { parseBoolean } from './boolean.ts';
import { allOf, known } from '../verdict.ts';

/** `error`: the daemon cannot test it, and takes the condition as failed. */
type Outcome = Verdict | 'error';

export const conditionKeys: Readonly<Record<string, (parameter: string, host: HostFacts) => Outcome>> = {
  Host: testHost,
  Virtualization: testVirtualization,
  KernelCommandLine: testCommandLine,
  KernelVersion: testKernelVersion,
  Architecture: testArchitecture,
  Version: testVersion,
  // Nothing in the facts of a host tells.
  Credential: () => 'maybe',
  MachineTag: () => 'maybe',
  Firmware: () => 'maybe',
};

export function testCondition(key: string, parameter: string, host: HostFacts): Outcome {
  return conditionKeys[key]?.(parameter, host) ?? 'maybe';
}

function testHost(parameter: string, { hostname }: HostFacts): Outcome {
  if (/^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.test(parameter)) return 'maybe'; // a machine id
  if (hostname === undefined) return 'maybe';
  return known(fnmatch(parameter.toLowerCase(), hostname.toLowerCase())); // FNM_CASEFOLD
}

/** What systemd-detect-virt calls containers; anything else is a virtual machine (src/basic/virt.c). */
const containers = /^(?:systemd-nspawn|lxc-libvirt|lxc|openvz|docker|podman|rkt|wsl|proot|pouch|container-other)$/;

function testVirtualization(parameter: string, { virtualization }: HostFacts): Outcome {
  if (parameter === 'private-users' || virtualization === undefined) return 'maybe';
  const wanted = parseBoolean(parameter);
  const present = virtualization !== null && virtualization !== 'none';
  if (wanted !== null) return known(wanted === present);
  const isContainer = present && containers.test(virtualization);
  if (parameter === 'container') return known(isContainer);
  if (parameter === 'vm') return known(present && !isContainer);
  return known(present && parameter === virtualization);
}

function testCommandLine(parameter: string, { kernelCommandLine }: HostFacts): Outcome {
  if (kernelCommandLine === undefined) return 'maybe';
  const words = kernelCommandLine.match(/(?:[^\s"']|"[^"]*"?|'[^']*'?)+/g) ?? [];
  const bare = words.map((word) => word.replace(/["']/g, ''));
  return known(
    bare.some((word) => word === parameter || (!parameter.includes('=') && word.startsWith(`${parameter}=`))),
  );
}

/** uname(2)'s machine, for the architectures that virtual machines have, as systemd calls them. */
const architectures: Readonly<Record<string, string>> = {
  x86_64: 'x86-64',
  i686: 'x86',
  i386: 'x86',
  aarch64: 'arm64',
  armv7l: 'arm',
  ppc64le: 'ppc64-le',
};

function testArchitecture(parameter: string, { architecture }: HostFacts): Outcome {
  if (parameter === 'native') return 'yes';
  if (architecture === undefined) return 'maybe';
  return known(parameter === (architectures[architecture] ?? architecture));
}

/** ConditionVersion=: of the kernel if nothing else is named (condition_test_version(), systemd 258). */
function testVersion(parameter: string, host: HostFacts): Outcome {
  const [, software = 'kernel', rest = ''] = /^\s*(?:(kernel|systemd|glibc)(?=\s|$))?\s*(.*)$/s.exec(parameter) ?? [];
  if (software === 'kernel') return testExpressions(rest, (text) => testVersionExpression(text, host.kernelVersion));
  const major = software === 'systemd' ? host.systemdVersion : undefined;
  return testExpressions(rest, (text) => testMajorVersion(text, major));
}

/** Of systemd the number before the first dot is known, and a version of it is at least that number. */
function testMajorVersion(expression: string, major: number | undefined): Outcome {
  const [, operator = '', wanted = ''] = splitExpression(expression);
  if (wanted === '') return 'error';
  const number = Number.parseInt(wanted, 10);
  if (major === undefined || Number.isNaN(number) || !/^(?:<>|[<>=]=?)$/.test(operator) || operator === '=')
    return 'maybe';
  if (number !== major) return testVersionExpression(expression, String(major));
  const isWhole = wanted === String(major);
  if (operator === '>=' && isWhole) return 'yes';
  return operator === '<' && isWhole ? 'no' : 'maybe';
}

function testKernelVersion(parameter: string, { kernelVersion }: HostFacts): Outcome {
  return testExpressions(parameter, (expression) => testVersionExpression(expression, kernelVersion));
}

function testExpressions(parameter: string, test: (expression: string) => Outcome): Outcome {
  const expressions = parameter.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)?.map((word) => word.replace(/["']/g, '')) ?? [];
  const [first = ''] = expressions;
  // A blank after the first operator is allowed.
  if (/^(?:[<>=]=?|!=|<>|!?\$=)$/.test(first)) expressions.splice(0, 2, first + (expressions[1] ?? ''));
  const outcomes = expressions.map(test);
  if (outcomes.includes('error')) return 'error';
  return allOf(outcomes.filter((outcome) => outcome !== 'error'));
}

function splitExpression(expression: string): readonly (string | undefined)[] {
  return /^(!?\$=|<>|<=|>=|==|!=|<|>|=)?\s*(.*)$/s.exec(expression) ?? [];
}

function testVersionExpression(expression: string, version: string | undefined): Outcome {
  const [, operator = '', wanted = ''] = splitExpression(expression);
  if (wanted === '') return 'error';
  if (version === undefined) return 'maybe';
  switch (operator) {
    case '':
    case '$=':
      return known(fnmatch(wanted, version));
    case '!$=':
      return known(!fnmatch(wanted, version));
    case '=':
      return known(version === wanted);
    case '!=':
      return known(version !== wanted);
  }
  const order = compareVersions(version, wanted);
  const holds = {
    '<>': order !== 0,
    '<=': order <= 0,
    '>=': order >= 0,
    '==': order === 0,
    '<': order < 0,
    '>': order > 0,
  };
  return known(holds[operator as keyof typeof holds]);
}

/**
 * strverscmp_improved() of src/fundamental/string-util-fundamental.c, which is the Version Format Specification: runs of
 * digits compare as numbers, letters as letters; `~` is older than the end, then `-`, `^` and `.`, which end a part.
 */
export function compareVersions(a: string, b: string): number {
  let left = a;
  let right = b;
  for (;;) {
    left = left.replace(/^[^A-Za-z0-9~.^-]+/, '');
    right = right.replace(/^[^A-Za-z0-9~.^-]+/, '');
    for (const mark of ['~', null, '-', '^', '.']) {
      if (mark === null) {
        if (left === '' || right === '') return Math.sign(left.length - right.length);
        continue;
      }
      if (left.startsWith(mark) !== right.startsWith(mark)) return left.startsWith(mark) ? -1 : 1;
      if (left.startsWith(mark)) {
        left = left.slice(1);
        right = right.slice(1);
      }
    }
    const digits = /^\d/.test(left) || /^\d/.test(right);
    const run = digits ? /^\d*/ : /^[A-Za-z]*/;
    const [leftRun = ''] = run.exec(left) ?? [];
    const [rightRun = ''] = run.exec(right) ?? [];
    const order = digits ? compareNumbers(leftRun, rightRun) : compareLetters(leftRun, rightRun);
    if (order !== 0) return order;
    left = left.slice(leftRun.length);
    right = right.slice(rightRun.length);
  }
}

function compareNumbers(a: string, b: string): number {
  if ((a === '') !== (b === '')) return a === '' ? -1 : 1;
  const left = a.replace(/^0+/, '');
  const right = b.replace(/^0+/, '');
  return left.length !== right.length ? Math.sign(left.length - right.length) : compareLetters(left, right);
}

function compareLetters(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
