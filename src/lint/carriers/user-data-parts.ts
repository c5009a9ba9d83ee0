/**
 * cloud-init's user data in several parts: MIME, and #cloud-config-archive (user_data.py, UserDataProcessor). A part that is
 * cloud-config is read as one; of what runs or fetches something it is told that it is there.
 */
import { parseYamlTree, valueOf, type YamlNode } from '../../text/yaml-tree.ts';
import { textOf, type Cargo, type CarrierFormat, type Closed } from './carrier.ts';
import { cloudConfig, isTelling } from './cloud-config.ts';
import { plainContents, unpackBase64, type Unpacked } from './contents.ts';
import { offsetsOfScalar } from './scalar-offsets.ts';
import type { Place, Source } from '../../text/source.ts';

interface Part {
  /** As its header says; null: what the text begins with decides. */
  readonly type: string | null;
  readonly contents: Unpacked;
  readonly place: Place;
}

export const userDataParts: CarrierFormat = {
  title: 'user data of cloud-init in parts',
  isCarrier: (_, text) => isArchive(text) || isMime(text),
  read: (source) => {
    const parts = isArchive(source.text) ? partsOfArchive(source) : partsOfMime(source, 0, source.text.length);
    if (parts === null) return null;
    const cargos = parts.map((part) => readPart(part, source));
    return { loads: cargos.flatMap(({ loads }) => loads), closed: cargos.flatMap(({ closed }) => closed) };
  },
};

const isArchive = (text: string) => /^#cloud-config-archive[ \t]*$/m.test(text.slice(0, 200));
const isMime = (text: string) =>
  /^(?:From .*\n)?(?:(?:[\w-]+:.*|[ \t].*)\r?\n)*?Content-Type:[ \t]*multipart\//i.test(text.slice(0, 2000));

/** Types that say nothing: what the text begins with decides (user_data.py, TYPE_NEEDED). */
const vague = /^text\/(?:plain|x-not-multipart)$|^application\/octet-stream$/i;

const beginnings = [
  ['text/cloud-config', /^(?:## template: jinja\r?\n)?#cloud-config[ \t]*\r?$/m],
  ['text/x-include-url', /^#include/],
  ['text/x-shellscript', /^#!/],
  ['text/cloud-boothook', /^#cloud-boothook/],
  ['text/part-handler', /^#part-handler/],
] as const;

function readPart({ type, contents, place }: Part, source: Source): Cargo {
  const close = (why: string, minor: boolean): Cargo => ({
    loads: [],
    closed: [minor ? { place, why, minor: true } : { place, why }],
  });
  if ('why' in contents) return close(`a part is not read: ${contents.why}`, false);
  const { text, offsets } = contents;
  const isSaid = type !== null && !vague.test(type);
  const kind = isSaid ? type.toLowerCase() : (beginnings.find(([, start]) => start.test(text))?.[0] ?? '');
  if (/^text\/x-include-(?:once-)?url$/.test(kind)) return close('a part names URLs, which are not fetched', false);
  if (/^text\/(?:x-shellscript|cloud-boothook|part-handler)/.test(kind)) {
    const [word] = isTelling.exec(text) ?? [];
    return word === undefined ? { loads: [], closed: [] } : close(`a script has to do with '${word}'`, true);
  }
  if (kind !== 'text/cloud-config' && kind !== 'text/jinja2') return { loads: [], closed: [] };
  const inner: Source = { path: source.path, text };
  if (parseYamlTree(inner).faults.length > 0) return close('a part that cannot be parsed', false);
  const cargo = cloudConfig.read(inner);
  if (cargo === null) return { loads: [], closed: [] };
  const toOuter = ({ span: { start, end } }: Place): Place => {
    const [from, to] = [offsets?.[start], offsets?.[end]];
    return from === undefined || to === undefined ? place : { source, span: { start: from, end: to } };
  };
  const move = (one: Unpacked): Unpacked => {
    if ('why' in one || one.offsets === null) return one;
    return plainContents(one.text, offsets === null ? null : one.offsets.map((offset) => offsets[offset] ?? 0));
  };
  return {
    loads: cargo.loads.map((load) => ({ ...load, place: toOuter(load.place), contents: move(load.contents) })),
    closed: cargo.closed.map((one): Closed => Object.assign({}, one, { place: toOuter(one.place) })),
  };
}

function partsOfArchive(source: Source): readonly Part[] | null {
  const { root, faults } = parseYamlTree(source);
  if (faults.length > 0 || root?.kind !== 'sequence') return null;
  return root.items.flatMap((item: YamlNode): readonly Part[] => {
    const content = item.kind === 'scalar' ? item : valueOf(item, 'content');
    const text = textOf(content);
    if (content?.kind !== 'scalar' || text === null) return [];
    const type = item.kind === 'scalar' ? null : textOf(valueOf(item, 'type'));
    return [{ type, contents: plainContents(text, offsetsOfScalar(content)), place: content.place }];
  });
}

/** Of a message, or of a part that has parts itself: `from` to `to` of the source. Null: it has no boundary. */
function partsOfMime(source: Source, from: number, to: number): readonly Part[] | null {
  const { text } = source;
  const headers = readHeaders(text, from, to);
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(headers.values.get('content-type') ?? '');
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return null;
  const lines = [...text.slice(headers.end, to).matchAll(/^--(.*?)(--)?[ \t]*\r?(?:\n|$)/gm)].filter(
    ([, name]) => name === mark,
  );
  return lines.flatMap((line, index): readonly Part[] => {
    if (line[2] !== undefined) return [];
    const start = headers.end + line.index + line[0].length;
    const next = lines[index + 1];
    const end = next === undefined ? to : headers.end + next.index;
    const own = readHeaders(text, start, end);
    const type = (own.values.get('content-type') ?? 'text/plain').split(';')[0]?.trim() ?? '';
    if (/^multipart\//i.test(type)) return partsOfMime(source, start, end) ?? [];
    const encoding = (own.values.get('content-transfer-encoding') ?? '').toLowerCase();
    const contents = unpackBody(text.slice(own.end, end), own.end, encoding);
    return [{ type, contents, place: { source, span: { start, end: start + lineLength(text, start) } } }];
  });
}

function unpackBody(body: string, start: number, encoding: string): Unpacked {
  if (encoding === 'base64') return unpackBase64(body, false);
  if (encoding === 'quoted-printable') return { why: 'it is quoted-printable' };
  return plainContents(
    body,
    Array.from({ length: body.length + 1 }, (_, index) => start + index),
  );
}

/** Up to the empty line; a line that begins with a space goes on with the one before. */
function readHeaders(
  text: string,
  from: number,
  to: number,
): { readonly values: ReadonlyMap<string, string>; readonly end: number } {
  const values = new Map<string, string>();
  let at = from;
  let last = '';
  while (at < to) {
    const length = lineLength(text, at);
    const line = text.slice(at, at + length).replace(/\r$/, '');
    at += length + 1;
    if (line === '') break;
    const [, name, value = ''] = /^([\w-]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (name !== undefined) last = name.toLowerCase();
    if (last !== '') values.set(last, name === undefined ? `${values.get(last) ?? ''} ${line.trim()}` : value);
  }
  return { values, end: Math.min(at, to) };
}

function lineLength(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return (end < 0 ? text.length : end) - at;
}
