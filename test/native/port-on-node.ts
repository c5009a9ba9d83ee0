import { nodeSystem } from '../../src/system/node.ts';
import { exercisePort } from './port-exercise.ts';

void exercisePort(nodeSystem(), process.argv[2] ?? '');
