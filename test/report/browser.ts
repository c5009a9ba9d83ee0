/** Chromium without a window, asked over a pipe by the DevTools protocol: one browser for all pages of a test. */
import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** Debian's package of the same name: Chromium without GTK. */
export const browserProgram = 'chromium-headless-shell';

export interface Look {
  readonly scheme: 'light' | 'dark';
  /** CSS pixels. */
  readonly width: number;
}

export interface Browser {
  /** Shows the file, in a page of its own that ends the one before. */
  readonly open: (file: string, look: Look) => Promise<void>;
  /** What an expression comes to in the page; a promise is waited for. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** PNG of all of the page, base64. */
  readonly screenshot: () => Promise<string>;
  /** PDF, base64. */
  readonly print: () => Promise<string>;
  readonly close: () => Promise<void>;
}

type Answer = Readonly<Record<string, unknown>>;

/** `profile` is a folder for what it writes. */
export async function startBrowser(profile: string): Promise<Browser> {
  const flags = ['--no-sandbox', '--disable-gpu', '--remote-debugging-pipe', `--user-data-dir=${profile}`];
  const child = spawn(browserProgram, flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const [, , , commands, answers] = child.stdio as unknown as [null, null, null, Writable, Readable];
  const waiting = new Map<number, (answer: Answer) => void>();
  const events = new Map<string, () => void>();
  let buffered = '';
  answers.setEncoding('utf8').on('data', (chunk: string) => {
    const messages = (buffered + chunk).split('\0');
    buffered = messages.pop() ?? '';
    for (const text of messages) {
      const message = JSON.parse(text) as { id?: number; method?: string; result?: Answer; error?: Answer };
      if (message.id !== undefined) waiting.get(message.id)?.(message.result ?? { error: message.error });
      else events.get(message.method ?? '')?.();
    }
  });
  let last = 0;
  const send = (method: string, params: Answer = {}, sessionId?: string): Promise<Answer> => {
    last += 1;
    const id = last;
    commands.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => {
      waiting.set(id, (answer) =>
        answer['error'] === undefined ? resolve(answer) : reject(Error(JSON.stringify(answer))),
      );
    });
  };
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const ask = (method: string, params: Answer = {}) => send(method, params, String(sessionId));
  await ask('Page.enable');
  const shows = () => new Promise<void>((resolve) => events.set('Page.loadEventFired', resolve));
  return {
    open: async (file, { scheme, width }) => {
      await ask('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
      await ask('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false });
      const loaded = shows();
      await ask('Page.navigate', { url: `file://${file}` });
      await loaded;
    },
    evaluate: async (expression) => {
      const given = await ask('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
      const { result, exceptionDetails } = given as { result: { value?: unknown }; exceptionDetails?: unknown };
      if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails).slice(0, 500));
      return result.value;
    },
    screenshot: async () => String((await ask('Page.captureScreenshot', { captureBeyondViewport: true }))['data']),
    print: async () => String((await ask('Page.printToPDF'))['data']),
    close: async () => {
      await send('Browser.close');
      await ended;
    },
  };
}
