import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { object, text } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

const TABLE = fieldTable(
  'prodaft.usta.',
  `
  id                              event.id                  text
  created                         @timestamp                own
  company.name                    organization.name         text
  company.id                      organization.id           text
  content.url                     url                       url
  content.username                user                      account
  content.password                prodaft.usta.password     own
  content.victim_detail.ip        source                    endpoint
  content.victim_detail.country   source.geo.country_name   text
  content.victim_detail.computer_name  host.name            text
  content.victim_detail.victim_os host.os.full              text
`,
);

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const content = object(json?.['content']);
  if (json === undefined || content === undefined) return 'rejected';
  TABLE.putObject(doc, json);
  const when = text(json['created']);
  if (when !== undefined) putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  putObserver(doc, { vendor: 'PRODAFT', product: 'USTA' });
  doc['event.kind'] = 'alert';
  // The credentials were taken: what the thief did succeeded.
  categorise(doc, { category: ['iam', 'threat'], type: ['indicator', 'info'], outcome: 'success' });
  return 'parsed';
}

/** Stolen credentials that PRODAFT USTA found. The password itself is not kept in a field. */
export default defineSource({
  id: 'prodaft.usta',
  signatures: [
    {
      kind: 'json',
      keys: ['content', 'status_timestamp'],
      test: (json) => {
        const content = object(json['content']);
        return content !== undefined && ('victim_detail' in content || 'password_complexity' in content);
      },
    },
    {
      kind: 'json',
      keys: ['content', 'company'],
      test: (json) => 'victim_detail' in (object(json['content']) ?? {}),
    },
  ],
  parse,
});
