/** `npm run docs`: writes every generated block of README.md and docs/. */
import { blocks } from './generated.ts';
import { putIntoDocs } from './block.ts';

async function writeBlocks(): Promise<void> {
  for (const { file, name, make } of blocks) {
    putIntoDocs(file, name, await make());
    process.stdout.write(`${file}: ${name}\n`);
  }
}

writeBlocks().catch((error: unknown) => {
  process.stderr.write(`docs: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
