import { z } from 'zod';
import { defineConnector, type PullRun, type SettingsOf } from '../../connector.ts';
import { PullError } from '../../errors.ts';
import { secret } from '../../fields.ts';
import { instantOf, listItems, readObject, textOf } from '../../items.ts';
import { jwtBearer, OAuth } from '../../oauth.ts';
import { Secret } from '../../secret.ts';
import type { Window } from '../../window.ts';
import { iso, pullWindows, type WindowPage } from '../_shared/windows.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SCOPE = 'https://www.googleapis.com/auth/admin.reports.audit.readonly';
const API = new URL('https://admin.googleapis.com');
/** The only token endpoint that a key file may name: the signed assertion goes there. */
const TOKEN = new URL('https://oauth2.googleapis.com/token');

const APPLICATIONS = [
  'access_transparency',
  'admin',
  'calendar',
  'chat',
  'chrome',
  'context_aware_access',
  'data_studio',
  'drive',
  'gcp',
  'gemini_in_workspace_apps',
  'groups',
  'groups_enterprise',
  'keep',
  'login',
  'meet',
  'mobile',
  'rules',
  'saml',
  'token',
  'user_accounts',
  'vault',
] as const;

const schema = z.strictObject({
  key: secret({
    title: 'Service account key',
    description: 'The JSON file of the key, whole.',
    multiline: true,
  }),
  administrator: z.email('an e-mail address').max(254).meta({
    title: 'Acts as',
    description: 'Address of an administrator who may view reports; the service account acts in this name.',
  }),
  applications: z
    .array(z.enum(APPLICATIONS))
    .min(1)
    .default(['login', 'admin', 'user_accounts', 'token', 'saml', 'groups', 'rules'])
    .meta({ title: 'Applications', description: 'drive is the largest by far.' }),
  customerId: z
    .string()
    .regex(/^C[A-Za-z0-9]{1,30}$/, 'begins with C')
    .optional()
    .meta({ title: 'Customer ID', description: 'Resellers only: the customer whose log is fetched.' }),
  lookBackHours: z
    .int()
    .min(0)
    .max(180 * 24)
    .default(24)
    .meta({ title: 'First fetch, hours back', description: 'Google keeps 180 days.' }),
  overlapMinutes: z
    .int()
    .min(0)
    .max(72 * 60)
    .default(180)
    .meta({
      title: 'Overlap, minutes',
      description: 'How late an activity may appear: minutes for logins, hours for some applications.',
    }),
});

type Run = PullRun<SettingsOf<typeof schema, 'key'>>;

export default defineConnector({
  id: 'google-workspace-reports',
  name: 'Google Workspace reports',
  vendor: 'Google',
  summary:
    'Activities of Google Workspace: logins, administration, tokens, Drive, groups and other applications.',
  technologies: ['google.workspace'],
  everySeconds: 300,
  schema,
  secrets: ['key'],
  permissions: [
    `Domain-wide delegation for the single scope ${SCOPE}`,
    'An administrator role with the privilege “Reports” only, for the account that is acted for',
  ],
  setup: `1. In the Google Cloud console make a project for Vigie, enable the *Admin SDK API*, and create a service account
   without roles. Under *Keys* add a JSON key.
2. In the admin console open *Security > Access and data control > API controls > Domain-wide delegation*, add the
   service account's client ID with the single scope \`${SCOPE}\`.
3. In the admin console make a custom role with the privilege *Reports* only, and a user with that role. Enter this
   user's address as *Acts as*.`,
  delivery: `Asked for by time, each application by itself. Google lists the newest first, so a span counts as read when its last
page is; a span half read goes on at its next page. Activities appear minutes to hours late: the overlap reads the last
three hours again. Activities are known by time, application and \`uniqueQualifier\`.`,
  references: [
    'https://developers.google.com/workspace/admin/reports/reference/rest/v1/activities/list',
    'https://support.google.com/a/answer/7061566',
  ],
  pull(run: Run) {
    const oauth = oauthOf(run);
    const { applications, lookBackHours, overlapMinutes } = run.settings;
    const overlap = overlapMinutes * MINUTE;
    return pullWindows(
      run,
      applications.map((application) => ({
        name: application,
        window: {
          lookBack: lookBackHours * HOUR,
          overlap,
          lag: 0,
          span: overlap + 6 * HOUR,
          retention: 180 * 24 * HOUR,
        },
        page: (window: Window) => page(run, oauth, application, window),
      })),
    );
  },
  async probe(run: Run) {
    const oauth = oauthOf(run);
    for (const application of run.settings.applications) {
      const url = listUrl(run, application);
      url.searchParams.set('maxResults', '1');
      readObject((await oauth.call({ url })).body, application);
    }
    return `Can be read: ${run.settings.applications.join(', ')}.`;
  },
});

function listUrl(run: Run, application: string): URL {
  const url = new URL(`/admin/reports/v1/activity/users/all/applications/${application}`, API);
  if (run.settings.customerId !== undefined) url.searchParams.set('customerId', run.settings.customerId);
  return url;
}

async function page(run: Run, oauth: OAuth, application: string, window: Window): Promise<WindowPage> {
  const url = listUrl(run, application);
  url.searchParams.set('startTime', iso(window.from));
  url.searchParams.set('endTime', iso(window.to));
  url.searchParams.set('maxResults', '1000');
  if (window.next !== undefined) url.searchParams.set('pageToken', window.next);
  const { body } = await oauth.call({ url, headers: { accept: 'application/json' } });
  const whole = readObject(body, application);
  // An application without activities has no list at all.
  const items = Object.hasOwn(whole, 'items')
    ? listItems(body, ['items'], application).map(({ text, value }) => {
        const id = (value as { id?: unknown } | null)?.id;
        const time = textOf(id, 'time');
        const unique = textOf(id, 'uniqueQualifier');
        const at = instantOf(time);
        return {
          text,
          id:
            unique === undefined
              ? text
              : `${application}:${time}:${unique}:${textOf(id, 'customerId') ?? ''}`,
          ...(at === undefined ? {} : { at }),
        };
      })
    : [];
  return { items, next: textOf(whole, 'nextPageToken') };
}

function oauthOf(run: Run): OAuth {
  const wrong = (why: string) =>
    new PullError('VIGIE_PULL_SETTINGS', `the service account key ${why}`, {
      advice: 'Paste the JSON file of the key again, whole.',
    });
  let file: unknown;
  try {
    file = JSON.parse(run.settings.key.reveal());
  } catch {
    // The parser's message would quote the key.
    throw wrong('is no JSON file');
  }
  const [issuer, key, keyId] = ['client_email', 'private_key', 'private_key_id'].map((name) =>
    textOf(file, name),
  );
  if (issuer === undefined || key === undefined) throw wrong('has no client_email or private_key');
  run.redactor.add(key);
  return new OAuth(
    run,
    jwtBearer({
      url: TOKEN,
      issuer,
      subject: run.settings.administrator,
      audience: TOKEN.href,
      scope: SCOPE,
      key: new Secret(key),
      ...(keyId === undefined ? {} : { keyId }),
      now: () => run.http.serviceNow(),
    }),
  );
}
