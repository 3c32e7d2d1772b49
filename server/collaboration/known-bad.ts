import type { Scanner, ScanVerdict } from './ports.ts';

/** Judges a file by its SHA-256 alone; says `unscanned` of what is not listed, since that proves nothing. */
export class KnownBadScanner implements Scanner {
  readonly name = 'Known hashes';
  readonly #known: (sha256: string) => Promise<string | undefined>;

  /** @param known what is known of a hash (hexadecimal, lower case), when it is a bad one */
  constructor(known: (sha256: string) => Promise<string | undefined>) {
    this.#known = known;
  }

  async scan({ sha256 }: { readonly sha256: string }): Promise<ScanVerdict> {
    const name = await this.#known(sha256);
    return name === undefined ? { state: 'unscanned', detail: '' } : { state: 'infected', detail: name };
  }
}

/** Asks one scanner after the other: the first that finds something ends it, else the last one's word counts. */
export async function scanInTurn(
  scanners: readonly Scanner[],
  file: Parameters<Scanner['scan']>[0],
): Promise<ScanVerdict> {
  let last: ScanVerdict = { state: 'unscanned', detail: '' };
  for (const scanner of scanners) {
    const verdict = await scanner.scan(file);
    if (verdict.state === 'infected')
      return { state: 'infected', detail: `${scanner.name}: ${verdict.detail}` };
    last = verdict.detail === '' ? verdict : { ...verdict, detail: `${scanner.name}: ${verdict.detail}` };
  }
  return last;
}
