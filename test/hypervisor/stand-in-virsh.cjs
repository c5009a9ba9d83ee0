#!/usr/bin/env node
/**
 * Stands in for virsh where no VF, and so no real hypervisor, can be had: keeps a domain in STAND_IN_STATE (JSON), writes
 * each call to STAND_IN_LOG, and fails where STAND_IN_FAIL says: "detach-device--live:exit", ":kill" (before it acts), or
 * ":late" (fails after it acted).
 */
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');

const file = process.env.STAND_IN_STATE;
const state = JSON.parse(readFileSync(file, 'utf8'));
const args = process.argv.slice(2);
const [verb] = args;
const after = (word) => args[args.indexOf(word) + 1];
const scope = args.includes('--config') || args.includes('--inactive') ? 'config' : 'live';
appendFileSync(process.env.STAND_IN_LOG, `${args.join(' ')}\n`);

const [wanted, how] = (process.env.STAND_IN_FAIL ?? '').split(':');
const fails = wanted === verb || wanted === `${verb}--${scope}`;
if (fails && how === 'kill') process.kill(process.pid, 'SIGKILL');
if (fails && how === 'exit') fail('stand-in: told to fail');
act();
writeFileSync(file, JSON.stringify(state));
if (fails && how === 'late') fail('stand-in: told to fail late');

function act() {
  if (verb === 'dumpxml') process.stdout.write(state[scope]);
  else if (verb === 'domstate') {
    const reason = state.state === 'running' ? 'booted' : 'migrated';
    process.stdout.write(`${state.state}${args.includes('--reason') ? ` (${reason})` : ''}\n`);
  } else if (verb === 'domif-getlink') process.stdout.write(`${after('--interface')} ${state.link}\n`);
  else if (verb === 'domif-setlink') state.link = after('--state');
  else if (verb === 'detach-device') {
    const xml = readFileSync(after('--file'), 'utf8');
    if (!state[scope].includes(xml)) fail('error: device not found');
    state[scope] = state[scope].replace(xml, '');
  } else if (verb === 'attach-device') {
    state[scope] = state[scope].replace('</devices>', `${readFileSync(after('--file'), 'utf8')}</devices>`);
  } else if (verb === 'migrate') state.state = 'shut off';
  else fail(`error: the stand-in knows no '${verb}'`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
