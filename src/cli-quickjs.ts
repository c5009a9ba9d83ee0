/** The static executable's entry: cli.ts with the other engine's machine. */
import { main } from './main.ts';
import { args, exit, quickjsSystem } from './system/quickjs.ts';

void main(args, quickjsSystem()).then(exit);
