import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseXml } from '../../src/text/xml.ts';
import { attributeOf, childOf, valueOf, type XmlElement } from '../../src/text/xml-element.ts';
import { decodeBytes } from '../../src/system/bytes.ts';
import { positionAt } from '../../src/text/source.ts';
import { escapeXml } from '../../src/text/xml-characters.ts';

const parse = (text: string) => parseXml({ path: 'x.xml', text });
const faultsOf = (text: string) =>
  parse(text).faults.map(({ span, message }) => `${span.start}-${span.end} ${message}`);

test('elements, attributes and text with their places', () => {
  const text = `<?xml version='1.0'?>\n<!-- c --><a x = "1&amp;2">t<b y='&#x41;'/>u<![CDATA[<v>]]></a>\n`;
  const { root, faults } = parse(text);
  assert.deepEqual(faults, []);
  assert.ok(root !== null);
  assert.equal(root.text, 'tu<v>');
  const cut = ({ start, end }: { start: number; end: number }) => text.slice(start, end);
  const x = attributeOf(root, 'x');
  assert.deepEqual(
    [x?.value, cut(x?.span ?? root.span), cut(x?.valueSpan ?? root.span)],
    ['1&2', 'x = "1&amp;2"', '1&amp;2'],
  );
  assert.equal(cut(root.tag), '<a x = "1&amp;2">');
  assert.equal(cut(root.content), `t<b y='&#x41;'/>u<![CDATA[<v>]]>`);
  const b = childOf(root, 'b');
  assert.equal(valueOf(b, 'y'), 'A');
  assert.equal(cut(b?.span ?? root.span), `<b y='&#x41;'/>`);
  assert.equal(b?.parent, root);
});

test('each fault is told at its place, and reading goes on', () => {
  assert.deepEqual(faultsOf(''), ['0-0 there is no element: expected <domain>']);
  assert.deepEqual(faultsOf('<a><b></a>'), ['3-6 <b> is not closed: expected </b> before </a>']);
  assert.deepEqual(faultsOf('<a></b></a>'), ['3-7 </b> closes nothing: expected </a>']);
  assert.deepEqual(faultsOf('<a>'), ['0-3 <a> is not closed: expected </a>']);
  assert.deepEqual(faultsOf('<a x=1/>'), ["3-5 the value of attribute 'x' is not quoted"]);
  assert.deepEqual(faultsOf("<a x='1' x='2'/>"), ["9-14 attribute 'x' is there twice"]);
  assert.deepEqual(faultsOf("<a x='1/>"), [
    "3-9 the value of attribute 'x' is not closed: expected '",
    "0-9 the tag of <a> is not closed: expected '>'",
    '0-9 <a> is not closed: expected </a>',
  ]);
  assert.deepEqual(faultsOf('<a/><b/>'), ['4-8 <b> stands beside the root element <a>: expected one root']);
  assert.deepEqual(faultsOf('<a>&nope;</a>'), ["3-9 unknown entity '&nope;'"]);
  assert.deepEqual(faultsOf('<a>1 & 2</a>'), ["5-6 '&' begins no entity: expected '&amp;'"]);
  assert.deepEqual(faultsOf('<a><!-- </a>'), [
    "3-12 a comment is not closed: expected '-->'",
    '0-3 <a> is not closed: expected </a>',
  ]);
});

test('a document type, a declaration, a CDATA section and what begins like one stand where XML has a place for them', () => {
  const late = 'a document type stands before the root element, and once, or nowhere';
  assert.deepEqual(faultsOf('<!DOCTYPE a><a/>'), []);
  assert.deepEqual(
    faultsOf(`<?xml version="1.0" encoding='utf-8' standalone='no' ?>\n<!DOCTYPE a PUBLIC "x" 'y' ><a/>`),
    [],
  );
  assert.deepEqual(faultsOf('<a/><!DOCTYPE a>'), [`4-13 ${late}`]);
  assert.deepEqual(faultsOf('<a><!DOCTYPE a></a>'), [`3-12 ${late}`]);
  assert.deepEqual(faultsOf('<!DOCTYPE a><!DOCTYPE a><a/>'), [`12-21 ${late}`]);
  assert.deepEqual(faultsOf('<!DOCTYPE><a/>').length, 1);
  assert.deepEqual(faultsOf('<!DOCTYPE a b><a/>'), [
    '0-14 the document type is malformed: expected none, or <!DOCTYPE domain>',
  ]);
  const nothing = "'<!' begins nothing here: expected '<!--', or '<![CDATA[' in an element";
  assert.deepEqual(faultsOf('<a><!ELEMENT b></a>'), [`3-5 ${nothing}`]);
  assert.deepEqual(faultsOf('<a><!</a>'), [`3-5 ${nothing}`]);
  assert.deepEqual(faultsOf('<![CDATA[ ]]><a/>'), ['0-13 a CDATA section outside of the root element']);
  assert.deepEqual(faultsOf('<?xml encoding="UTF-8"?><a/>'), [
    "0-22 the XML declaration is malformed: expected <?xml version='1.0' encoding='UTF-8'?>",
  ]);
  assert.deepEqual(faultsOf('<a><?b+?></a>'), ["3-6 expected a blank after '<?b'"]);
});

test('a text that is not UTF-8 is refused once, at what shows it; a byte order mark is no column', () => {
  const bytes = (list: readonly number[]) => decodeBytes(Uint8Array.from(list));
  const utf16 = (text: string) => [...text].flatMap((character) => [character.charCodeAt(0), 0]);
  const wide = ['0-2 the text is UTF-16 or UTF-32: expected UTF-8'];
  assert.deepEqual(faultsOf(bytes([0xff, 0xfe, ...utf16('<a/>')])), wide);
  assert.deepEqual(faultsOf(bytes(utf16('<a/>'))), wide);
  assert.deepEqual(faultsOf(bytes([0xfe, 0xff, 0, 0x3c])), wide);
  const latin = [...`<?xml version='1.0' encoding='ISO-8859-1'?><a>`].map((one) => one.charCodeAt(0));
  assert.deepEqual(faultsOf(bytes([...latin, 0xe4, ...utf16('')])), [
    "30-40 encoding 'ISO-8859-1' is not read: expected UTF-8",
  ]);
  assert.deepEqual(faultsOf(`<?xml version='1.0' encoding='ISO-8859-1'?><a/>`), [], 'only ASCII');
  assert.equal(faultsOf(`<?xml version='1.0' encoding='EBCDIC'?><a/>`).length, 1);
  assert.deepEqual(faultsOf(bytes([0x3c, 0x61, 0x3e, 0xe4, 0x3c, 0x2f, 0x61, 0x3e])), ['3-4 byte 0xE4 is not UTF-8']);
  assert.equal(faultsOf('\0'.repeat(1000))[0], '0-1 a NUL byte: expected XML, which is text');
  const marked = { path: 'x.xml', text: '\ufeff<a x=1/>' };
  assert.deepEqual(
    parseXml(marked).faults.map(({ span }) => positionAt(marked, span.start)),
    [{ line: 1, column: 4 }],
  );
});

test('nesting as deep as libxml2 allows is read, deeper is a fault', () => {
  assert.deepEqual(faultsOf('<a>'.repeat(256) + '</a>'.repeat(256)), []);
  assert.deepEqual(faultsOf('<a>'.repeat(100_000)), ['768-771 elements are nested deeper than 256']);
});

test('what is escaped is read back as it was', () => {
  const letters = fc.constantFrom('<', '>', '&', "'", '"', '\n', '\t', 'a', ';', '#', '\u00e9', '\u{1f600}');
  fc.assert(
    fc.property(fc.string({ unit: letters }), (text) => {
      const { root, faults } = parse(`<a x='${escapeXml(text)}'>${escapeXml(text)}</a>`);
      assert.deepEqual([valueOf(root, 'x'), root?.text, faults], [text, text, []]);
    }),
  );
});

test('any text is read without an exception, with places inside it', () => {
  const piece = fc.constantFrom(
    '<a',
    '>',
    '</a>',
    '/>',
    ' x=',
    "'v'",
    '"',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '&lt;',
    '&',
    '<?',
    '<!D [',
    ']',
    'text',
    '\n',
  );
  const within = (element: XmlElement, length: number): boolean =>
    element.span.start >= 0 && element.span.end <= length && element.children.every((child) => within(child, length));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('');
      const { root, faults } = parse(text);
      assert.ok(root === null || within(root, text.length));
      assert.ok(faults.every(({ span }) => span.start <= span.end && span.end <= text.length));
    }),
    { numRuns: 2000 },
  );
});

const corpus = '../shared/corpora/libvirt';

test("libvirt's own domains are read without a fault", (t) => {
  if (!existsSync(corpus)) return void t.diagnostic(`no ${corpus} beside this clone: not run`);
  let count = 0;
  for (const directory of readdirSync(corpus)) {
    for (const name of readdirSync(join(corpus, directory)).filter((file) => file.endsWith('.xml'))) {
      const { root, faults } = parse(readFileSync(join(corpus, directory, name), 'utf8'));
      assert.deepEqual([name, root?.name, faults], [name, 'domain', []]);
      count += 1;
    }
  }
  t.diagnostic(`${count} domains`);
});

test('what is declared in a document type is neither expanded nor read: one fault, and reading ends', () => {
  const declared = /^\d+-\d+ a document type with declarations is not read: expected none, and entities written out$/;
  const nested = Array.from({ length: 30 }, (_, index) => `<!ENTITY e${index + 1} "&e${index};&e${index};">`).join('');
  for (const subset of [
    '<!ENTITY a "b">',
    '<!ENTITY a SYSTEM "file:///etc/hostname">',
    `<!ENTITY e0 "x">${nested}`,
    '',
  ]) {
    const faults = faultsOf(`<!DOCTYPE domain [${subset}]><domain><name>&a;&e30;</name></domain>`);
    assert.equal(faults.length, 1, subset);
    assert.match(faults[0] ?? '', declared);
  }
  assert.deepEqual(faultsOf('<!DOCTYPE domain SYSTEM "http://192.0.2.1/[a>b.dtd"><domain/>'), []);
});

test('reading comes to an end where going back at each character would not, for faults too, and ends at 10 MiB', () => {
  const worst = [
    `<a>${'<'.repeat(4_000_000)}`,
    `<a ${Array.from({ length: 200_000 }, (_, index) => `x${index}='1'`).join(' ')}/>`,
    '<a>'.repeat(1_000_000),
    `<a>${'</b>'.repeat(1_000_000)}</a>`,
    `<a>${'<b/x '.repeat(500_000)}</a>`,
    `<a>${'&a;'.repeat(1_000_000)}</a>`,
    `<a>${'<b/>'.repeat(300_000)}</a>`,
    '<'.repeat(100 * 1024 * 1024),
  ];
  for (const text of worst) assert.doesNotThrow(() => parse(text), text.slice(0, 20));
  assert.deepEqual(faultsOf('<'.repeat(100 * 1024 * 1024)), [
    '0-0 the text is 100.0 MiB: expected at most 10 MiB, as virsh(1) does',
  ]);
  assert.equal(faultsOf('<a>&</a>'.repeat(1000)).at(-1)?.includes('more than 100 faults: the rest is not read'), true);
});
