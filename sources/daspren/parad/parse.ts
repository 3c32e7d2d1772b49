import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { text } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

const TABLE = fieldTable(
  'daspren.parad.',
  `
  time                  @timestamp                      own
  message               event.action                    text
  level                 log.level                       lower
  env_id                agent.id                        text
  parad_version         agent.version                   text
  os                    host.os.full                    text
  machine_name          host.name                       text
  executable            process.executable              text
  executable_basename   process.name                    text
  pid                   process.pid                     long
  ppid                  process.parent.pid              long
  signed                process.code_signature.exists   boolean
  fullpath              file                            file
  basename              file.name                       text
`,
);

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  if (json === undefined || text(json['parad_version']) === undefined) return 'rejected';
  TABLE.putObject(doc, json);
  const when = text(json['time']);
  if (when !== undefined) putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  putObserver(doc, { vendor: 'Daspren', product: 'Parad' });
  put(doc, 'host.hostname', text(json['machine_name']));
  const os = text(json['os']) ?? '';
  put(
    doc,
    'host.os.type',
    /^windows/i.test(os) ? 'windows' : /linux|ubuntu|debian/i.test(os) ? 'linux' : undefined,
  );
  if ('executable' in json) {
    doc['event.kind'] = 'alert';
    categorise(doc, { category: ['malware', 'process'], type: ['info'] });
  } else categorise(doc, { category: ['host'], type: ['info'] });
  return 'parsed';
}

/** Events of Daspren Parad. */
export default defineSource({
  id: 'daspren.parad',
  signatures: [{ kind: 'json', keys: ['parad_version'] }],
  parse,
});
