/** Which XML texts are read at all, and what stands before their root element: declaration, document type. */

/** XML 1.0, 2.8, XMLDecl, before "?>". */
const declarationPattern =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"[\w.:-]+"|'[\w.:-]+')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*$/;

/**
 * What is wrong with a processing instruction, given without its "?>", and how much of it shows that. `isFirst`: the document
 * begins with it.
 */
export function findInstructionFault(
  instruction: string,
  isFirst: boolean,
): { readonly length: number; readonly message: string } | null {
  const [opening = '', name] = /^<\?([A-Za-z_:\u0080-\uffff][-A-Za-z0-9._:\u0080-\uffff]*)/.exec(instruction) ?? [];
  if (name === undefined) return { length: 2, message: "'<?' begins no processing instruction: expected a name" };
  const { length } = opening;
  if (name.toLowerCase() !== 'xml') {
    const isSeparate = /^(?:[ \t\r\n]|$)/.test(instruction.slice(length));
    return isSeparate ? null : { length, message: `expected a blank after '${opening}'` };
  }
  if (!isFirst) return { length, message: 'the XML declaration stands at the very beginning, or nowhere' };
  if (declarationPattern.test(instruction)) return null;
  const message = "the XML declaration is malformed: expected <?xml version='1.0' encoding='UTF-8'?>";
  return { length: instruction.length, message };
}

/** XML 1.0, 2.8, doctypedecl, behind "<!DOCTYPE" and before ">". */
export const documentTypePattern =
  /^[ \t\r\n]+[A-Za-z_:\u0080-\uffff][-A-Za-z0-9._:\u0080-\uffff]*(?:[ \t\r\n]+(?:SYSTEM|PUBLIC[ \t\r\n]+(?:"[^"]*"|'[^']*'))[ \t\r\n]+(?:"[^"]*"|'[^']*'))?[ \t\r\n]*$/;

/** Bytes, or code units of a text. virsh(1) reads no larger file: VSH_MAX_XML_FILE in libvirt's tools/vsh.h, 10 MiB. */
export const maximalXmlSize = 10 * 1024 * 1024;

/** The fault of a text or a file that is too large to be a domain. Null: nobody knows how large it is. */
export function describeOversize(size: number | null): string {
  const found = size === null ? 'larger' : `${(size / 1024 / 1024).toFixed(1)} MiB`;
  return `the text is ${found}: expected at most 10 MiB, as virsh(1) does`;
}

/**
 * Why a text is not read at all: it is too large, or shows that it is not UTF-8. That is reported once, and not each byte.
 * Null: it is read. libxml2 also reads UTF-16 and what iconv(3) knows; virsh(1) itself writes UTF-8.
 */
export function findUnreadable(text: string): { start: number; end: number; message: string } | null {
  if (text.length > maximalXmlSize) return { start: 0, end: 0, message: describeOversize(text.length) };
  // A byte that is no UTF-8 is U+DC80 and up: src/system/bytes.ts.
  if (/^(?:\udcff\udcfe|\udcfe\udcff|\0?<\0)/.test(text))
    return { start: 0, end: 2, message: 'the text is UTF-16 or UTF-32: expected UTF-8' };
  const nul = text.indexOf('\0');
  if (nul >= 0) return { start: nul, end: nul + 1, message: 'a NUL byte: expected XML, which is text' };
  const declared = /^\ufeff?<\?xml[ \t\r\n][^>]*?encoding[ \t\r\n]*=[ \t\r\n]*["']([^"'<>]*)["']/.exec(text);
  const [whole = '', name = 'UTF-8'] = declared ?? [];
  if (/^utf-?8$/i.test(name)) return null;
  // Of these the first 128 characters are ASCII.
  const isSuperset = /^(?:us-)?ascii$|^iso[-_]8859-\d+$|^windows-125\d$|^latin-?\d$/i.test(name);
  if (isSuperset && !/[\u0080-\uffff]/.test(text)) return null;
  const end = whole.length - 1;
  return { start: end - name.length, end, message: `encoding '${name}' is not read: expected UTF-8` };
}
