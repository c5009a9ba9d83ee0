#!/usr/bin/env node
/** The Node program: the one place that touches the process. */
import { main } from './main.ts';
import { nodeSystem } from './system/node.ts';

void main(process.argv.slice(2), nodeSystem()).then((status) => {
  process.exitCode = status;
});
