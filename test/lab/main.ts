import { undoAll } from './cleanup.ts';
import { provideImage } from './image.ts';
import { releases } from './releases.ts';
import { recordGuests } from './record.ts';
async function main() {
  const image = await provideImage(releases[process.argv[3] === 'trixie' ? 1 : 0]!, console.log);
  await recordGuests(image, 'tcg', console.log);
  await undoAll();
}
main().catch(async (e) => {
  console.log(e);
  await undoAll();
});
