/** What networkd refuses in an [Address] section for what stands in it before (config_parse_address_section()). */
import { assignmentsOf, type IniDocument } from '../../text/ini.ts';
import { isIPv6, parseAddress } from '../../text/address.ts';
import type { Problem } from '../claim.ts';

/** Address= and Peer= of one section are of one family; the second is ignored otherwise. */
export function checkAddressFamilies(document: IniDocument): readonly Problem[] {
  const first = new Map<unknown, { readonly key: string; readonly six: boolean }>();
  return assignmentsOf(document).flatMap(({ section, key, value, valueSpan }): readonly Problem[] => {
    const address = parseAddress(value.split('/', 1)[0] ?? '');
    if (section?.name !== 'Address' || (key !== 'Address' && key !== 'Peer') || address === null) return [];
    const before = first.get(section);
    const six = isIPv6(address);
    if (before === undefined) first.set(section, { key, six });
    if (before === undefined || before.key === key || before.six === six) return [];
    const message = `'${value}' is of another family than ${before.key}= above it: expected ${before.six ? 'IPv6' : 'IPv4'}`;
    return [
      {
        kind: 'bad-value',
        place: { source: document.source, span: valueSpan },
        message,
        consequence: 'ignores the line',
      },
    ];
  });
}
