import { IMPORT_FIELDS } from '@vigie/contracts';
import type { ImportField } from '@vigie/contracts/api';

/** A line of a CSV file; `line` counts from 1 and is where its record begins. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads CSV (RFC 4180), separated by comma, semicolon or tabulator as its first line is; in one pass over the text.
 *
 * @throws SyntaxError with the line, for a quotation that does not end or text after one
 */
export function readCsv(text: string, most: number): CsvRecord[] {
  const records: CsvRecord[] = [];
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const head = text.slice(start, start + 10_000).split(/[\r\n]/, 1)[0] ?? '';
  const separator = [';', '\t', ','].reduce((best, one) =>
    head.split(one).length > head.split(best).length ? one : best,
  );
  let line = 1;
  let at = start;
  while (at < text.length) {
    const began = line;
    const cells: string[] = [];
    for (;;) {
      if (text[at] === '"') {
        let cell = '';
        for (;;) {
          const end = text.indexOf('"', at + 1);
          if (end < 0) throw new SyntaxError(`line ${began}: a quotation does not end`);
          cell += text.slice(at + 1, end);
          at = end + 1;
          if (text[at] !== '"') break;
          cell += '"';
        }
        line += cell.split('\n').length - 1;
        cells.push(cell);
        if (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r')
          throw new SyntaxError(`line ${began}: text after the end of a quotation`);
      } else {
        let end = at;
        while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r')
          end++;
        cells.push(text.slice(at, end).trim());
        at = end;
      }
      if (text[at] === separator) {
        at++;
        continue;
      }
      if (text[at] === '\r') at++;
      if (text[at] === '\n') at++;
      line++;
      break;
    }
    if (cells.length > 1 || cells[0] !== '') records.push({ line: began, cells });
    if (records.length > most + 1) throw new SyntaxError(`more than ${most} lines; import it in parts`);
  }
  return records;
}

/** Heads by which columns are recognised, beside the fields' own names; in the five languages of the console. */
const HEADS: Readonly<Record<string, ImportField>> = {
  hostname: 'name',
  host: 'name',
  computer: 'name',
  computername: 'name',
  machine: 'name',
  user: 'name',
  username: 'name',
  samaccountname: 'name',
  nom: 'name',
  nome: 'name',
  naam: 'name',
  'nom d’hôte': 'name',
  category: 'type',
  categorie: 'type',
  catégorie: 'type',
  categoria: 'type',
  kategorie: 'type',
  typ: 'type',
  tipo: 'type',
  criticité: 'criticality',
  criticita: 'criticality',
  criticità: 'criticality',
  kritikalität: 'criticality',
  kritikaliteit: 'criticality',
  propriétaire: 'owner',
  responsable: 'owner',
  proprietario: 'owner',
  responsabile: 'owner',
  eigenaar: 'owner',
  besitzer: 'owner',
  verantwortlich: 'owner',
  location: 'site',
  sede: 'site',
  standort: 'site',
  locatie: 'site',
  notes: 'note',
  comment: 'note',
  description: 'note',
  notiz: 'note',
  nota: 'note',
  notitie: 'note',
  telephone: 'phone',
  téléphone: 'phone',
  telefono: 'phone',
  telefoon: 'phone',
  telefon: 'phone',
  etiquettes: 'tags',
  étiquettes: 'tags',
  'operating system': 'os',
  operatingsystem: 'os',
  'ip address': 'ip',
  'mac address': 'mac',
  dnshostname: 'fqdn',
  'dns name': 'fqdn',
  objectsid: 'sid',
  objectguid: 'guid',
  email: 'address',
  mail: 'address',
  'e-mail': 'address',
  upn: 'address',
  userprincipalname: 'address',
};

/** What the columns of a head mean, each field once; null where it can't be told. */
export function guessMapping(head: readonly string[]): (ImportField | null)[] {
  const taken = new Set<ImportField>();
  return head.map((title) => {
    const name = title.trim().toLowerCase().replace(/[_]+/g, ' ').replace(/\s+/g, ' ');
    const field =
      IMPORT_FIELDS.find((each) => each === name || each.replace('-', ' ') === name) ??
      (Object.hasOwn(HEADS, name) ? HEADS[name] : undefined);
    if (field === undefined || taken.has(field)) return null;
    taken.add(field);
    return field;
  });
}

/** A cell without the apostrophe that an export puts before what a spreadsheet would take for a formula. */
export function plainCell(value: string): string {
  return /^'[\s\p{Cf}]*[=+\-@\t\r＝＋－＠|%]/u.test(value) ? value.slice(1) : value;
}
