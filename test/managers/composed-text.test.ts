/** Each place in a composed text is that of the piece which covers it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { composeFile } from '../../src/managers/composed-text.ts';
import type { Source } from '../../src/text/source.ts';

test('a place is found in the piece that holds it, empty ones passed over, and past the end in the last', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('', 'a', 'bc', 'def\n'), { minLength: 1, maxLength: 12 }), (texts) => {
      const source: Source = { path: 'x', text: '' };
      const pieces = texts.map((text, index) => ({ text, place: { source, span: { start: index, end: index } } }));
      const { origin, text } = composeFile('netplan', '/run/x', 0o644, pieces).source;
      const owners = texts.flatMap((piece, index) => [...piece].map(() => index));
      for (let at = 0; at <= text.length; at += 1)
        assert.equal(origin?.placeOf({ start: at, end: at }).span.start, owners[at] ?? texts.length - 1);
    }),
  );
});
