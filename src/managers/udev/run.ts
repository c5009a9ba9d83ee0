/**
 * Rules run over a guest's links: once for all links, of whatever guest, that these rules cannot tell apart. Which facts a run has
 * asked for is noted: where another link has the same answers to those, the rules come to the same.
 */
import { keptWith } from '../../text/kept-with.ts';
import type { Guest, LinkFacts, Phase } from '../../topology/guest.ts';
import { describeDevice, type Device } from './device.ts';
import type { Fact } from './device-facts.ts';
import { assignedProperties, evaluateRules, type EventOutcome } from './evaluate.ts';
import type { RulesFile } from './rule-model.ts';

export interface RulesRun {
  /** Properties that some rule sets. */
  readonly assigned: ReadonlySet<string>;
  /** The same object for links that no rule can tell apart. */
  readonly outcomeOf: (phase: Phase, link: LinkFacts, action: string) => EventOutcome;
}

/** What was asked for, in this order, and what the rules came to. */
interface Trace {
  readonly questions: readonly Question[];
  readonly outcome: EventOutcome;
}

interface Question {
  readonly ask: (device: Device) => Answer;
  readonly answer: Answer;
}

type Answer = readonly Fact[] | boolean | Fact;

/** What these files came to before, by the facts that rules ask for most. */
interface Runs {
  readonly files: readonly RulesFile[];
  readonly assigned: ReadonlySet<string>;
  readonly traces: Map<string, readonly Trace[]>;
  /** Of traces. */
  count: number;
}

/** Kept with the first of the files. */
const runsBefore = keptWith<RulesFile, readonly Runs[]>();
const mostRuns = 4;
/** Beyond those of the guest at hand: rules that ask for the MAC come to something else for each guest. */
const mostTraces = 512;

export function createRun(rules: readonly RulesFile[], guest: Guest): RulesRun {
  const runs = runsOf(rules);
  const { assigned, traces } = runs;
  if (runs.count > mostTraces) {
    traces.clear();
    runs.count = 0;
  }
  return {
    assigned,
    outcomeOf: (phase, link, action) => {
      const device = describeDevice(guest, phase, link, action);
      const facts = describeFacts(device);
      const known = traces.get(facts) ?? [];
      const same = known.find(({ questions }) => questions.every((question) => isAnswered(question, device)));
      if (same !== undefined) return same.outcome;
      const { questions, watched } = watchDevice(device);
      const outcome = evaluateRules(rules, watched, assigned);
      traces.set(facts, [{ questions, outcome }, ...known]);
      runs.count += 1;
      return outcome;
    },
  };
}

function describeFacts({ facts }: Device): string {
  const { driver, parentDriver, idPath, action, kernelName, levels, host, hasProperties } = facts;
  const { architecture, virtualization, kernelCommandLine, systemdVersion } = host;
  const all = [driver, parentDriver, idPath, action, kernelName, architecture, virtualization, kernelCommandLine];
  for (const { kernel, subsystem, driver: at } of levels) all.push(kernel, subsystem, at);
  // no fact begins with a control character
  const words = all.map((fact) => (fact === undefined ? '\u0001' : fact === null ? '\u0002' : fact));
  return `${systemdVersion} ${hasProperties} ${words.join('\0')}`;
}

function runsOf(files: readonly RulesFile[]): Runs {
  const [first] = files;
  const before = first === undefined ? [] : (runsBefore.get(first) ?? []);
  const same = before.find(
    (runs) => runs.files.length === files.length && runs.files.every((one, at) => one === files[at]),
  );
  if (same !== undefined) return same;
  const runs: Runs = { files, assigned: assignedProperties(files), traces: new Map(), count: 0 };
  if (first !== undefined) runsBefore.set(first, [runs, ...before].slice(0, mostRuns));
  return runs;
}

function isAnswered({ ask, answer }: Question, device: Device): boolean {
  const now = ask(device);
  if (now === answer) return true;
  if (!Array.isArray(now) || !Array.isArray(answer)) return false;
  return now.length === answer.length && now.every((value, at) => value === answer[at]);
}

function watchDevice(device: Device): { readonly watched: Device; readonly questions: readonly Question[] } {
  const questions: Question[] = [];
  const seen = new Set<unknown>();
  const note = <One extends Answer>(key: unknown, ask: (device: Device) => One): One => {
    const answer = ask(device);
    if (!seen.has(key)) questions.push({ ask, answer });
    seen.add(key);
    return answer;
  };
  const watched: Device = {
    facts: device.facts,
    compares: (token) => note(token, ({ compares }) => compares(token)),
    attribute: (name) => note(`attribute ${name}`, ({ attribute }) => attribute(name)),
    exists: (path) => note(`exists ${path}`, ({ exists }) => exists(path)),
    property: (name) => note(`property ${name}`, ({ property }) => property(name)),
  };
  return { watched, questions };
}
