import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, type EventOutcome, WHAT } from '../../kit/categorise.ts';
import { put } from '../../kit/types.ts';

/** Writes a sign-in to the server. */
export function putSignIn(doc: EcsFields, outcome: EventOutcome | undefined): void {
  categorise(doc, { ...WHAT.login, category: ['authentication', 'database'], action: 'connect', outcome });
}

/** Writes the end of a session. */
export function putSignOut(doc: EcsFields): void {
  categorise(doc, { category: ['session', 'database'], type: ['end'], action: 'disconnect' });
}

const SECRETS =
  /\b(identified\s+(?:with\s+\S{1,64}\s+)?(?:by|as)\s+(?:password\s+)?|password\s*\(\s*|password\s*=\s*)'[^']{0,512}'/gi;
/** Longer statements are kept in the original only. */
const MAX_STATEMENT = 32_768;

/** What a statement does, by its first words. */
function meaningOf(words: string): Categorisation {
  if (/^(?:create|alter|drop|rename) ?_?user/.test(words)) {
    const step = words.startsWith('create') ? 'creation' : words.startsWith('drop') ? 'deletion' : 'change';
    return { category: ['database', 'iam'], type: ['user', step] };
  }
  if (/^(?:grant|revoke|set ?_?password|set ?_?(?:default )?role)/.test(words))
    return { category: ['database', 'iam'], type: ['admin', 'change'] };
  if (/^(?:create|install)/.test(words)) return { category: ['database'], type: ['creation'] };
  if (/^(?:drop|delete|truncate|uninstall)/.test(words))
    return { category: ['database'], type: ['deletion'] };
  if (/^(?:alter|update|insert|replace|load|rename|set|write)/.test(words))
    return { category: ['database'], type: ['change'] };
  return { category: ['database'], type: ['access'] };
}

/**
 * Writes a statement; passwords in it become stars.
 *
 * @param command the log's own word for the kind of statement, where it has one
 */
export function putStatement(
  doc: EcsFields,
  statement: string | undefined,
  outcome: EventOutcome | undefined,
  command?: string,
): void {
  const bare = statement?.replace(/^(?:\s|\/\*[^*]{0,200}\*\/)+/, '').trimStart();
  const words = (bare ?? command ?? '').slice(0, 60).toLowerCase().replace(/\s+/g, ' ');
  if (bare !== undefined && bare !== '')
    put(doc, 'mysql.mysql.query', bare.slice(0, MAX_STATEMENT).replace(SECRETS, "$1'***'"));
  const action = command?.toLowerCase() ?? /^[a-z]+/.exec(words)?.[0] ?? 'query';
  categorise(doc, { ...meaningOf(words), action, ...(outcome === undefined ? {} : { outcome }) });
}
