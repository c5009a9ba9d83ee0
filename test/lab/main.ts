/** The lab's command line: see README.md. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chooseAccelerator } from './accelerator.ts';
import { checks } from './checks/all.ts';
import type { Check } from './checks/check.ts';
import { undoAll } from './cleanup.ts';
import { guestPackagesNote, provideImage, type Image } from './image.ts';
import { findProgram, type GuestProgram } from './program.ts';
import { recordGuests } from './record.ts';
import { releases } from './releases.ts';
import { keepEvidence, putStackTableIntoDocs, writeResults, type Row } from './results.ts';
import { runScenario, type RunOptions, type RunResult } from './run-scenario.ts';
import { ways, type Scenario, type Way } from './scenario.ts';
import { scenarios } from './scenarios/all.ts';
import { sweepSegments } from './segment.ts';
import type { StepResult } from './steps.ts';
import { tryInGuest } from './try.ts';

const usage = `usage: npm run lab -- [options] [NAME…]     runs the scenarios whose "release/scenario/way" contains a NAME
  --list              shows what would run
  --long              all releases, more repetitions, carrier at every re-plug
  --release NAME      bookworm, trixie or sid; may be repeated (default: bookworm, with --long that and trixie)
                      What goes wrong on sid is told as news and fails no run.
  --jobs N            guests at a time (default 2)
  --record            records guests into test/fixtures/guests
  --docs              puts the table of stacks of earlier runs (their results.json, the oldest first) into docs/measurements.md
  --node              puts Node and the bundle into the guest, even if there is a static executable
  --try FOLDER SCRIPT boots a guest with FOLDER copied over its root, runs SCRIPT in it, prints what it prints
`;

interface Job extends Pick<Row, 'release' | 'name' | 'title' | 'way' | 'stack' | 'races'> {
  /** RELEASE/NAME/WAY, by which it is chosen. */
  readonly id: string;
  readonly run: (options: RunOptions) => Promise<RunResult>;
}

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      long: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      docs: { type: 'boolean', default: false },
      node: { type: 'boolean', default: false },
      try: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      release: { type: 'string', multiple: true },
      jobs: { type: 'string', default: '2' },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (values.docs) {
    putStackTableIntoDocs(positionals);
    return 0;
  }
  const wanted =
    values.release ??
    (values.long ? releases.filter(({ rolling }) => rolling !== true).map(({ codename }) => codename) : ['bookworm']);
  const unknown = wanted.find((name) => releases.every(({ codename }) => codename !== name));
  if (unknown !== undefined)
    throw new UsageError(`unknown release '${unknown}': expected ${releases.map((one) => one.codename).join(', ')}`);
  const jobs = listJobs(wanted, values.long, values.record || values.try ? [] : positionals);
  if (jobs.length === 0) throw new UsageError(`nothing is called ${positionals.join(', ')}: see --list`);
  if (values.list) {
    for (const { id, title } of jobs) process.stdout.write(`${id}\t${title}\n`);
    return 0;
  }
  if (process.geteuid?.() !== 0) throw new UsageError('the lab makes network namespaces and taps: it must run as root');

  const started = Date.now();
  await sweepSegments();
  const images = new Map<string, Image>();
  const chosen = releases.filter(({ codename }) => wanted.includes(codename));
  const provided = await Promise.all(chosen.map(async (release) => await provideImage(release, say)));
  for (const image of provided) images.set(image.release, image);
  const imageSeconds = Math.round((Date.now() - started) / 1000);
  const [image] = images.values();
  if (image === undefined) throw new UsageError('no release was asked for');
  const accelerator = await chooseAccelerator(image);
  say(`accelerator: ${accelerator}`);
  if (values.record) {
    for (const one of images.values()) await recordGuests(one, accelerator, positionals, say);
    return 0;
  }
  if (values.try) return await tryInGuest(image, accelerator, positionals);

  const program = findProgram(values.node);
  // Kept as they come: who ends a run of hours has what it has shown.
  const keep = (done: readonly Row[]) => {
    const seconds = Math.round((Date.now() - started) / 1000);
    return writeResults(done, {
      ...Object.fromEntries([...images].map(([name, one]) => [name, guestPackagesNote(one)])),
      accelerator,
      program: program.title,
      time: `${seconds} s, ${values.jobs} guests at a time; ${imageSeconds} s of it for the images`,
    });
  };
  const lanes = Number(values.jobs);
  const rows = await runJobs(jobs, images, { accelerator, program, long: values.long, lanes, keep });
  const isNews = ({ release }: Row) => releases.find(({ codename }) => codename === release)?.rolling === true;
  const wrong = rows.filter(({ result }) => !result.ok);
  const failed = wrong.filter((row) => !isNews(row)).length;
  process.stdout.write(`\n${keep(rows)}\n`);
  mkdirSync('build', { recursive: true });
  writeFileSync('build/test-summary.json', JSON.stringify({ passed: rows.length - wrong.length, failed, skipped: 0 }));
  const news = wrong.length - failed;
  if (news > 0)
    process.stdout.write(`news: ${news} of these went wrong on a release that moves, and are not counted as failed\n`);
  process.stdout.write(`${rows.length - wrong.length} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

function listJobs(wanted: readonly string[], long: boolean, filters: readonly string[]): readonly Job[] {
  // What is asked for by name runs, if in its short form.
  const isIncluded = ({ longOnly }: { readonly longOnly?: boolean }) => long || longOnly !== true || filters.length > 0;
  return wanted
    .flatMap((release) => [
      // First: some of them are the longest, and two guests at a time should end together.
      ...checks
        .filter((check) => isIncluded(check) && (check.releases?.includes(release) ?? true))
        .map((check) => checkJob(release, check)),
      ...scenarios
        .filter(isIncluded)
        .flatMap((scenario) => ways.flatMap((way) => scenarioJobs(release, scenario, way, long))),
    ])
    .filter(({ id }) => filters.length === 0 || filters.some((text) => id.includes(text)));
}

const wayTitles: Readonly<Record<Way, string>> = {
  now: 'install --now',
  image: 'install --root',
  fix: 'lint --fix',
  untouched: 'untouched',
};

function scenarioJobs(release: string, scenario: Scenario, way: Way, long: boolean): readonly Job[] {
  // `now` looks at the guest untouched before it installs: alone that is for --long, and for races, which one boot cannot show.
  const races = scenario.untouched === 'race';
  // What is right without us goes one way in the short run; --long goes both.
  if (scenario.untouched === 'right' && way === 'image' && !long) return [];
  const isFixed = scenario.untouched !== 'right' && (long || scenario.fixedInShortRun === true);
  const times = way === 'untouched' ? (races && long ? 9 : 0) : way === 'fix' ? Number(isFixed) : races && long ? 3 : 1;
  return Array.from({ length: times }, (_, index) => ({
    release,
    name: scenario.name,
    title: scenario.title,
    way: wayTitles[way],
    ...(scenario.stack === undefined ? {} : { stack: scenario.stack }),
    races,
    id: `${release}/${scenario.name}/${way}${times > 1 ? `-${index + 1}` : ''}`,
    run: async (options) => await runScenario(scenario, way, options),
  }));
}

function checkJob(release: string, check: Check): Job {
  const { name, title, cell } = check;
  const run = async (options: RunOptions): Promise<RunResult> => {
    const started = Date.now();
    const failed = (error: unknown) => (error instanceof Error ? error.message : String(error));
    const shown = (ok: boolean, seen: string): readonly StepResult[] => [
      { step: 'shown', ok, seen, seconds: Math.round((Date.now() - started) / 1000) },
    ];
    const steps = await check.run(options).then(
      (seen) => (typeof seen === 'string' ? shown(true, seen) : seen),
      (error: unknown) => shown(false, failed(error)),
    );
    return { steps, ok: steps.every(({ ok }) => ok), cameOutRight: null, evidence: null };
  };
  const place = cell ?? { way: 'check' };
  return { release, name, title, ...place, races: false, id: `${release}/${name}/check`, run };
}

/** One row's own failure must not cost the others: it is a row that went wrong. */
function failedRun(error: unknown): RunResult {
  const seen = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    steps: [{ step: 'the lab itself', ok: false, seen, seconds: 0 }],
    ok: false,
    cameOutRight: null,
    evidence: null,
  };
}

interface LaneOptions {
  readonly accelerator: string;
  readonly program: GuestProgram;
  readonly long: boolean;
  readonly lanes: number;
  /** Told the rows that are done, after each. */
  readonly keep: (rows: readonly Row[]) => void;
}

async function runJobs(
  jobs: readonly Job[],
  images: ReadonlyMap<string, Image>,
  options: LaneOptions,
): Promise<readonly Row[]> {
  const waiting = [...jobs];
  const rows = new Map<Job, Row>();
  const now = new Map<number, string>();
  const progress = (lane: number, text: string) => {
    now.set(lane, text);
    if (process.stdout.isTTY)
      process.stdout.write(`\r\x1b[K${rows.size}/${jobs.length} ${[...now.values()].join(' | ')}`);
    else if (jobs.length === 1) say(`      ${text}`); // one row of an hour
  };
  const work = async (lane: number) => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const { id, release, name, title, way, stack, races } = job;
      const image = images.get(release);
      if (image === undefined) throw new Error(`no image of ${release}`);
      const started = Date.now();
      const { accelerator, long, program } = options;
      const result = await job
        .run({
          image,
          accelerator,
          long,
          program,
          onStep: (step) => progress(lane, `${id}: ${step}`),
        })
        .catch(failedRun);
      const seconds = Math.round((Date.now() - started) / 1000);
      rows.set(job, { release, name, title, way, ...(stack === undefined ? {} : { stack }), races, result, seconds });
      options.keep(jobs.flatMap((one) => rows.get(one) ?? []));
      const wrong = result.steps.find(({ ok }) => !ok);
      if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
      say(
        `${result.ok ? 'ok   ' : 'WRONG'} ${rows.size}/${jobs.length} ${id} (${seconds} s)${wrong === undefined ? '' : `: ${wrong.step}: ${wrong.seen}`}`,
      );
      if (result.evidence !== null) {
        const file = keepEvidence(id.replaceAll('/', '-'), result.evidence);
        say(`      see ${file}, which ends with:\n${tailOf(result.evidence)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, options.lanes) }, async (_, lane) => await work(lane)));
  return jobs.flatMap((job) => rows.get(job) ?? []);
}

function tailOf(text: string): string {
  return text.trimEnd().split('\n').slice(-30).join('\n').replace(/^/gm, '      | ');
}

class UsageError extends Error {}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    process.stderr.write(`\nlab: ${signal}: cleaning up\n`);
    void undoAll().then(() => process.exit(130));
  });
}

main(process.argv.slice(2))
  .catch((error: unknown) => {
    const known = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
    process.stderr.write(`lab: ${error instanceof Error ? (known ? error.message : error.stack) : String(error)}\n`);
    return known ? 2 : 3;
  })
  .then(async (status) => {
    await undoAll();
    process.exitCode = status;
  })
  .catch(() => process.exit(3));
