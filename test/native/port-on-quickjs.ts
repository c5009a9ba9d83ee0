import { args, exit, quickjsSystem } from '../../src/system/quickjs.ts';
import { exercisePort } from './port-exercise.ts';

void exercisePort(quickjsSystem(), args[0] ?? '').then(() => exit(0));
