import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import type { ParseInput } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

/** Keys of model breaches and AI Analyst incidents in CEF; the device that behaves is `dhost` or `shost`. */
const TABLE = cefTable(
  'darktrace.darktrace.',
  `
  externalId     event.id        text
  dhost          source.domain   domain
  shost          source.domain   domain
  darktraceUrl   event.url       text
  deviceId       host.id         text
  message        message         text
  score          event.risk_score  float
`,
);

/** Reads a record in Common Event Format; false where the line is none. */
export function readCef(input: ParseInput, doc: EcsFields): boolean {
  const cef = parseCef(input.text.trim());
  if (cef === undefined || cef.vendor !== 'Darktrace') return false;
  putCef(doc, cef, TABLE, input);
  put(doc, 'rule.name', cef.name);
  put(doc, 'rule.id', cef.signatureId);
  // The device that the model is about; the other side of its connection is the destination.
  put(doc, 'host.name', doc['source.domain']);
  doc['observer.vendor'] = 'Darktrace';
  doc['observer.product'] = 'Darktrace';
  doc['observer.type'] = 'ids';
  doc['event.kind'] = 'alert';
  categorise(doc, WHAT.networkIntrusion);
  return true;
}
