import { z } from 'zod';
import { defineConnector, type PullRun, type SettingsOf } from '../../connector.ts';
import { cloudField, entraFields, type GraphLog, graphLogs, probeGraph } from '../_shared/entra.ts';
import { pullWindows } from '../_shared/windows.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const schema = z.strictObject({
  ...entraFields,
  logs: z
    .array(z.enum(['directoryAudits', 'signIns', 'riskDetections']))
    .min(1)
    .default(['directoryAudits', 'signIns'])
    .meta({
      title: 'Logs',
      description: 'signIns needs Entra ID P1 or P2; riskDetections needs P2.',
    }),
  overlapMinutes: z
    .int()
    .min(0)
    .max(6 * 60)
    .default(30)
    .meta({
      title: 'Overlap, minutes',
      description: 'How late an entry may appear; more of it reads more twice, and stores nothing twice.',
    }),
  lookBackHours: z
    .int()
    .min(0)
    .max(30 * 24)
    .default(24)
    .meta({ title: 'First fetch, hours back', description: 'Entra keeps 30 days; 7 without a licence.' }),
  cloud: cloudField,
});

type Run = PullRun<SettingsOf<typeof schema, 'clientSecret'>>;

const PATHS = {
  directoryAudits: { path: 'auditLogs/directoryAudits', time: 'activityDateTime', ordered: true, top: 500 },
  signIns: { path: 'auditLogs/signIns', time: 'createdDateTime', ordered: true, top: 500 },
  riskDetections: {
    path: 'identityProtection/riskDetections',
    time: 'detectedDateTime',
    ordered: false,
    top: 500,
  },
} as const;

export default defineConnector({
  id: 'microsoft-graph-audit',
  name: 'Microsoft Entra ID logs',
  vendor: 'Microsoft',
  summary:
    'Sign-ins, changes to the directory and risk detections of Microsoft Entra ID, from Microsoft Graph.',
  technologies: ['microsoft.entra-id'],
  everySeconds: 300,
  schema,
  secrets: ['clientSecret'],
  permissions: [
    'AuditLog.Read.All (application) of Microsoft Graph',
    'IdentityRiskEvent.Read.All (application), for riskDetections only',
  ],
  setup: `1. In the Entra admin centre open *Identity > Applications > App registrations* and register an application for
   Vigie, single tenant, without a redirect address.
2. *API permissions > Add > Microsoft Graph > Application permissions*: those listed above, and nothing else. Grant
   admin consent.
3. *Certificates & secrets > New client secret*: copy its value at once; note when it ends.
4. Copy *Application (client) ID* and *Directory (tenant) ID* from the overview.`,
  delivery: `Asked for by time, oldest first. Entra shows an entry minutes after it happened, now and then much later; the
overlap reads the last minutes again. Entries are known by their \`id\`. Of sign-ins, Graph's version 1.0 gives the
interactive ones. Throttling (429 with \`Retry-After\`) is followed.`,
  references: [
    'https://learn.microsoft.com/en-us/graph/api/directoryaudit-list',
    'https://learn.microsoft.com/en-us/graph/api/signin-list',
    'https://learn.microsoft.com/en-us/graph/throttling',
  ],
  pull: (run: Run) => pullWindows(run, graphLogs(run, logsOf(run))),
  probe: (run: Run) => probeGraph(run, logsOf(run)),
});

function logsOf({ settings }: Run): GraphLog[] {
  return settings.logs.map((name) => ({
    name,
    ...PATHS[name],
    versioned: false,
    window: {
      lookBack: settings.lookBackHours * 60 * MINUTE,
      overlap: settings.overlapMinutes * MINUTE,
      lag: MINUTE,
      span: DAY,
      retention: 30 * DAY,
    },
  }));
}
