/** What was seen step by step: the lines of a row. The first step that fails is kept, and ends it. */

/** What was seen at a step, and whether it is what was to be seen. */
export interface StepResult {
  readonly step: string;
  readonly ok: boolean;
  readonly seen: string;
  readonly seconds: number;
}

/** Does a step and keeps what it tells; throws `StepFailed` where that is an error. */
export type TakeStep = (name: string, act: () => Promise<string>) => Promise<void>;

export class StepFailed extends Error {}

/** Steps that go to `steps`; `onStep` is told at the start of each. */
export function takeStepsInto(steps: StepResult[], onStep: (step: string) => void): TakeStep {
  return async (name, act) => {
    onStep(name);
    const started = Date.now();
    const keep = (ok: boolean, seen: string) =>
      steps.push({ step: name, ok, seen, seconds: Math.round((Date.now() - started) / 1000) });
    try {
      keep(true, await act());
    } catch (error) {
      keep(false, error instanceof Error ? error.message : String(error));
      throw new StepFailed(name, { cause: error });
    }
  };
}

/** All the steps that `run` takes, or those up to the one that failed. */
export async function recordSteps(
  onStep: (step: string) => void,
  run: (step: TakeStep) => Promise<void>,
): Promise<readonly StepResult[]> {
  const steps: StepResult[] = [];
  await run(takeStepsInto(steps, onStep)).catch((error: unknown) => {
    if (!(error instanceof StepFailed)) throw error;
  });
  return steps;
}
