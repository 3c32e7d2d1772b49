/** Who mails come from. */
export interface Sender {
  readonly name: string;
  readonly address: string;
  /** Right side of Message-IDs. */
  readonly domain: string;
}

/**
 * Reads `Name <address>` or a bare address.
 *
 * @throws TypeError when there is no address in it
 */
export function parseSender(from: string): Sender {
  const open = from.lastIndexOf('<');
  const close = from.lastIndexOf('>');
  const bracketed = open !== -1 && close > open;
  const address = (bracketed ? from.slice(open + 1, close) : from).trim();
  const name = bracketed
    ? from
        .slice(0, open)
        .trim()
        .replace(/^"(.*)"$/, '$1')
    : '';
  const at = address.lastIndexOf('@');
  if (at < 1 || at === address.length - 1 || /[\s,<>;]/.test(address))
    throw new TypeError(`not a sender address: ${JSON.stringify(from)}`);
  return { name, address, domain: address.slice(at + 1) };
}
