import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

const VENDOR = 'nozomi.n2os.';
const TABLE = cefTable(
  VENDOR,
  `
  dvchost      observer.hostname    text
  msg          event.reason         text
  browser      user_agent.original  text
  trigger_id   rule.id              text
  trigger_type rule.category        text
  id_threats   threat.technique.id  list
  mitre_attack_techniques  threat.technique.id  list
  mitre_attack_tactics     threat.tactic.name   list
  Risk         event.risk_score     float
  risk         event.risk_score     float
  threat_name  threat.software.name text
  parents      nozomi.n2os.parents  text
  flexString1  threat.technique.id  list
`,
);

/** What a record's kind (`AUDIT:SESSIONS:CREATE`, `HEALTH`, `SIGN:…`) means. */
function classify(kind: string, doc: EcsFields): boolean {
  const [family, object, deed] = kind.split(':', 3);
  if (family === 'AUDIT') {
    if (object === 'SESSIONS' || object === 'SESSION') {
      categorise(doc, {
        ...(deed === 'DESTROY' ? WHAT.logout : WHAT.login),
        outcome: deed === 'FAIL' ? 'failure' : 'success',
      });
      return true;
    }
    const type =
      deed === 'CREATE' ? 'creation' : deed === 'DESTROY' || deed === 'DELETE' ? 'deletion' : 'change';
    categorise(doc, { category: ['configuration'], type: [type], outcome: 'success' });
    return true;
  }
  if (family === 'HEALTH') {
    categorise(doc, WHAT.hostInfo);
    return true;
  }
  categorise(doc, WHAT.networkIntrusion);
  doc['event.kind'] = 'alert';
  return /^(?:SIGN|VI|INCIDENT|ASRT|NET|PROC|GENERIC)$/.test(family ?? '');
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  // Forwarders break the record into lines; CEF knows blanks alone.
  const cef = parseCef(input.text.replace(/\r?\n/g, ' '));
  if (cef === undefined || !cef.vendor.startsWith('Nozomi')) return 'rejected';
  const pairs = putCef(doc, { ...cef, name: cef.name.trim() }, TABLE, input);
  const device = doc['observer.ip'];
  if (typeof device === 'string') doc['observer.ip'] = [device];
  const known = classify(cef.signatureId, doc);
  doc['event.action'] = cef.signatureId;
  doc['event.reason'] ??= cef.name.trim();
  if (doc['event.kind'] === 'alert') doc['rule.name'] = cef.name.trim();
  doc['message'] = pairs.get('msg') ?? cef.name.trim();
  return known ? 'parsed' : 'partial';
}

/** Nozomi Networks Guardian and Central Management Console. */
export default defineSource({
  id: 'nozomi.n2os',
  signatures: [{ kind: 'text', literals: ['CEF:', '|Nozomi Networks|'] }],
  parse,
});
