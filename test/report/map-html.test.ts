import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { renderMapHtml } from '../../src/report/map-html.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { browserProgram, startBrowser, type Look } from './browser.ts';
import { nasty, picture } from './drawn.ts';

const network = 'etc/systemd/network/20-all.network';
const wide = '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n';
const links = '/etc/systemd/system/multi-user.target.wants';
const image: Readonly<Record<string, MemoryEntry>> = {
  [`/image/${network}`]: wide,
  '/image/usr/lib/systemd/systemd-networkd': '',
  '/image/usr/lib/systemd/system/systemd-networkd.service': '[Install]\nWantedBy=multi-user.target\n',
  [`/image${links}/systemd-networkd.service`]: { link: '/usr/lib/systemd/system/systemd-networkd.service' },
};
const files: Readonly<Record<string, MemoryEntry>> = {
  ...image,
  [`/old/${network}`]: wide.replace('en*', 'eth*'),
  '/guest.json': readFileSync('test/fixtures/status/broken-networkd.json', 'utf8'),
};

/** The pages that people get, by name. */
const commands: Readonly<Record<string, readonly string[]>> = {
  map: ['map', '--root', '/image'],
  against: ['map', '--root', '/image', '--against', '/old'],
  'after-install': ['map', '--root', '/image', '--after-install'],
  sixteen: ['map', '--root', '/image', '--assume', '16'],
  status: ['status', '--snapshot', '/guest.json'],
};

async function pages(): Promise<Readonly<Record<string, string>>> {
  const made: Record<string, string> = {};
  for (const [name, args] of Object.entries(commands)) {
    const system = memorySystem(files);
    await main([...args, '--format', 'html'], system);
    assert.match(system.stdout, /^<!DOCTYPE html>/, `${name}: ${system.stderr}`);
    made[name] = system.stdout;
  }
  const named = (title: string, one = picture(title)) => [{ title, picture: one }];
  const empty = { ...picture('x'), groups: [], answers: [], findings: [], others: 3 };
  return {
    ...made,
    nasty: renderMapHtml(named(nasty), nasty),
    long: renderMapHtml(named('n'.repeat(400)), ''),
    'no group': renderMapHtml(named('a guest', empty), 'judged: nothing'),
  };
}

const looks: readonly Look[] = [
  { scheme: 'light', width: 1280 },
  { scheme: 'dark', width: 1280 },
  { scheme: 'light', width: 320 },
];

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
  readonly passes: readonly unknown[];
}

const missing = spawnSync(browserProgram, ['--version']).status !== 0;

test(
  'Chromium shows it in light, in dark, narrow and on paper: axe has nothing to say, and nothing of it runs',
  { skip: missing && `needs ${browserProgram}` },
  async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'failoverctl-map-'));
    const browser = await startBrowser(join(folder, 'profile'));
    context.after(async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    });
    const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');
    const kept = process.env['FAILOVERCTL_SCREENSHOTS'];
    if (kept !== undefined) mkdirSync(kept, { recursive: true });
    const wrong: string[] = [];
    for (const [name, html] of Object.entries(await pages())) {
      const file = join(folder, 'page.html');
      writeFileSync(file, html);
      const seen: string[] = [];
      for (const look of looks) {
        const where = `${name}, ${look.scheme}, ${look.width} pixels`;
        await browser.open(file, look);
        assert.equal(await browser.evaluate('document.scripts.length'), 0, where);
        assert.equal(
          await browser.evaluate('document.querySelectorAll("table").length > 0'),
          name !== 'no group',
          where,
        );
        const tooWide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
        const excess = await browser.evaluate(tooWide);
        if (excess !== 0) wrong.push(`${where}: the page itself scrolls sideways, by ${String(excess)} pixels`);
        const shot = await browser.screenshot();
        seen.push(shot);
        if (kept !== undefined) writeFileSync(join(kept, `${where}.png`), Buffer.from(shot, 'base64'));
        await browser.evaluate(axe);
        const result = (await browser.evaluate('axe.run()')) as AxeResult;
        for (const { id, nodes } of result.violations) wrong.push(`${where}: ${id}: ${nodes[0]?.html ?? ''}`);
        assert.ok(result.passes.length > 10, `${where}: ${result.passes.length} checks`);
      }
      assert.equal(new Set(seen).size, looks.length, `${name}: light, dark and narrow differ`);
    }
    assert.equal(
      Buffer.from(await browser.print(), 'base64')
        .subarray(0, 5)
        .toString(),
      '%PDF-',
    );
  },
);
