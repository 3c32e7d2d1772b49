import { z } from 'zod';
import { defineConnector, type PullRun, type SettingsOf } from '../../connector.ts';
import { cloudField, entraFields, type GraphLog, graphLogs, probeGraph } from '../_shared/entra.ts';
import { pullWindows } from '../_shared/windows.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const schema = z.strictObject({
  ...entraFields,
  what: z
    .array(z.enum(['alerts', 'incidents']))
    .min(1)
    .default(['alerts'])
    .meta({
      title: 'What',
      description: 'Alerts of the Defender products and their partners; incidents gather them.',
    }),
  lookBackHours: z
    .int()
    .min(0)
    .max(180 * 24)
    .default(24)
    .meta({ title: 'First fetch, hours back', description: 'Microsoft keeps 180 days.' }),
  overlapMinutes: z
    .int()
    .min(0)
    .max(6 * 60)
    .default(15)
    .meta({ title: 'Overlap, minutes', description: 'How late a change may appear.' }),
  cloud: cloudField,
});

type Run = PullRun<SettingsOf<typeof schema, 'clientSecret'>>;

const PATHS = {
  alerts: { path: 'security/alerts_v2', time: 'lastUpdateDateTime', ordered: false, top: 500 },
  incidents: { path: 'security/incidents', time: 'lastUpdateDateTime', ordered: false, top: 50 },
} as const;

export default defineConnector({
  id: 'microsoft-graph-security',
  name: 'Microsoft Defender alerts and incidents',
  vendor: 'Microsoft',
  summary:
    'Alerts and incidents of Microsoft Defender XDR, Sentinel, Purview and Entra ID Protection, from Microsoft Graph.',
  technologies: ['microsoft.graph-security'],
  everySeconds: 120,
  schema,
  secrets: ['clientSecret'],
  permissions: [
    'SecurityAlert.Read.All (application) of Microsoft Graph',
    'SecurityIncident.Read.All (application), for incidents only',
  ],
  setup: `1. In the Entra admin centre open *Identity > Applications > App registrations* and register an application for
   Vigie, single tenant, without a redirect address.
2. *API permissions > Add > Microsoft Graph > Application permissions*: those listed above, and nothing else. Grant
   admin consent.
3. *Certificates & secrets > New client secret*: copy its value at once; note when it ends.
4. Copy *Application (client) ID* and *Directory (tenant) ID* from the overview.`,
  delivery: `Asked for by the time of the last change, so an alert that is updated is fetched again; each state of it is one
event, known by \`id\` and \`lastUpdateDateTime\`. Throttling (429 with \`Retry-After\`) is followed.`,
  references: [
    'https://learn.microsoft.com/en-us/graph/api/security-list-alerts_v2',
    'https://learn.microsoft.com/en-us/graph/api/security-list-incidents',
  ],
  pull: (run: Run) => pullWindows(run, graphLogs(run, logsOf(run))),
  probe: (run: Run) => probeGraph(run, logsOf(run)),
});

function logsOf({ settings }: Run): GraphLog[] {
  return settings.what.map((name) => ({
    name,
    ...PATHS[name],
    versioned: true,
    window: {
      lookBack: settings.lookBackHours * 60 * MINUTE,
      overlap: settings.overlapMinutes * MINUTE,
      lag: 0,
      span: 7 * DAY,
      retention: 180 * DAY,
    },
  }));
}
