import { z } from 'zod';
import { address, secret } from '../../fields.ts';
import { parsePath } from '../../json-path.ts';

const path = (meta: { title: string; description: string; when?: { field: string; is: string[] } }) =>
  z
    .string()
    .max(300)
    .refine((text) => parsePath(text) !== undefined, 'a path such as data.items or log["@timestamp"]')
    .meta(meta);
const name = (meta: { title: string; description: string; when?: { field: string; is: string[] } }) =>
  z
    .string()
    .regex(/^[\w.~$[\]-]{1,100}$/, 'a parameter’s name')
    .meta(meta);

const OAUTH = { field: 'auth', is: ['oauth2'] };

/** Settings of the connector. */
export const schema = z.strictObject({
  url: address({
    title: 'Address',
    description:
      'Placeholders: {since} and {until}, the span of time; {cursor} and {page}, where the service counts. A value left without is dropped with its parameter.',
  }),
  method: z.enum(['GET', 'POST']).default('GET').meta({ title: 'Method' }),
  body: z
    .string()
    .max(16_384)
    .optional()
    .meta({
      title: 'Body',
      description: 'JSON, with the same placeholders inside its texts.',
      multiline: true,
      when: { field: 'method', is: ['POST'] },
    }),
  headers: z
    .array(
      z
        .string()
        .max(2000)
        .regex(/^[A-Za-z0-9-]{1,100}: ?[\x20-\x7e]*$/, 'Name: value'),
    )
    .max(20)
    .default([])
    .meta({ title: 'Headers', description: 'Name: value, without secrets.' }),
  auth: z
    .enum(['none', 'bearer', 'basic', 'header', 'oauth2'])
    .default('bearer')
    .meta({ title: 'Credential', description: 'How the service knows Vigie.' }),
  token: secret({
    title: 'Token or key',
    description: 'Sent as Authorization: Bearer, or in the header named below.',
    when: { field: 'auth', is: ['bearer', 'header'] },
  }).optional(),
  tokenHeader: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/, 'a header’s name')
    .default('X-API-Key')
    .meta({ title: 'Header', when: { field: 'auth', is: ['header'] } }),
  user: z
    .string()
    .max(300)
    .optional()
    .meta({ title: 'User', when: { field: 'auth', is: ['basic'] } }),
  password: secret({ title: 'Password', when: { field: 'auth', is: ['basic'] } }).optional(),
  tokenUrl: address({
    title: 'Token address',
    description: 'OAuth 2.0 token endpoint.',
    when: OAUTH,
  }).optional(),
  clientId: z.string().max(500).optional().meta({ title: 'Client ID', when: OAUTH }),
  clientSecret: secret({ title: 'Client secret', when: OAUTH }).optional(),
  scope: z.string().max(1000).optional().meta({ title: 'Scope', when: OAUTH }),
  audience: z.string().max(1000).optional().meta({ title: 'Audience', when: OAUTH }),
  clientAuth: z
    .enum(['body', 'basic'])
    .default('body')
    .meta({ title: 'Client ID and secret go', description: 'In the body, or as Basic.', when: OAUTH }),
  items: path({
    title: 'Where the items are',
    description: 'Path to the list; empty: the answer is the list.',
  }).default(''),
  id: path({
    title: 'Identity',
    description: 'Path in an item to what it is known by; empty: its whole text.',
  }).default(''),
  time: path({
    title: 'Time',
    description:
      'Path in an item to when it happened: RFC 3339, or a number since 1970. Needed for an overlap.',
  }).default(''),
  ask: z.enum(['time', 'cursor']).default('time').meta({
    title: 'Asked for by',
    description: 'time: a span, from where the last ended; cursor: the service says where to go on.',
  }),
  timeFormat: z
    .enum(['rfc3339', 'seconds', 'milliseconds'])
    .default('rfc3339')
    .meta({ title: 'Form of {since} and {until}' }),
  paging: z.enum(['none', 'link-header', 'next-url', 'next-cursor', 'page-number']).default('none').meta({
    title: 'Next page',
    description:
      'Link header; an address or a cursor in the answer; or pages that are counted, until one is empty.',
  }),
  next: path({
    title: 'Where the next is',
    description: 'Path in the answer to the next page’s address or cursor.',
    when: { field: 'paging', is: ['next-url', 'next-cursor'] },
  }).default(''),
  cursorParameter: name({
    title: 'Parameter of cursor or page',
    description: 'Added to the address where it has no {cursor} or {page}.',
    when: { field: 'paging', is: ['next-cursor', 'page-number'] },
  }).default('cursor'),
  firstPage: z
    .int()
    .min(0)
    .max(1)
    .default(1)
    .meta({ title: 'Number of the first page', when: { field: 'paging', is: ['page-number'] } }),
  lookBackHours: z.int().min(0).max(8784).default(24).meta({ title: 'First fetch, hours back' }),
  overlapMinutes: z.int().min(0).max(1440).default(5).meta({
    title: 'Overlap, minutes',
    description: 'How late an item may appear; needs the path to its time.',
  }),
  spanHours: z
    .int()
    .min(1)
    .max(720)
    .default(24)
    .meta({ title: 'Longest span of one question, hours', description: 'Longer than the overlap.' }),
});

/** What single fields can't say. */
export function check(settings: Readonly<Record<string, unknown>>): string[] {
  const s = settings as z.output<typeof schema>;
  const problems: string[] = [];
  const need = (value: unknown, what: string) => {
    if (value === undefined || value === '') problems.push(`${what}: needed`);
  };
  if (s.auth === 'bearer' || s.auth === 'header') need(s.token, 'token');
  if (s.auth === 'basic') {
    need(s.user, 'user');
    need(s.password, 'password');
  }
  if (s.auth === 'oauth2') {
    need(s.tokenUrl, 'tokenUrl');
    need(s.clientId, 'clientId');
    need(s.clientSecret, 'clientSecret');
  }
  if (s.paging === 'next-url' || s.paging === 'next-cursor') need(s.next, 'next');
  if (s.ask === 'cursor' && s.paging !== 'next-cursor' && s.paging !== 'next-url')
    problems.push('paging: asked for by cursor, the answer must hold a cursor or an address');
  if (s.ask === 'time' && s.time === '' && s.overlapMinutes > 0)
    problems.push('time: needed for an overlap; without it, set the overlap to 0');
  if (s.ask === 'time' && !/\{since\}/.test(`${s.url}${s.body ?? ''}`))
    problems.push('url: asked for by time, the address or the body must have {since}');
  if (s.overlapMinutes >= s.spanHours * 60) problems.push('spanHours: must be longer than the overlap');
  if (s.body !== undefined && s.body !== '') {
    try {
      JSON.parse(s.body);
    } catch {
      problems.push('body: no JSON');
    }
  }
  return problems;
}
