import { isIP } from 'node:net';
import { LEVELS } from '@vigie/contracts';
import { z } from 'zod';
import { AUDIT } from './config-audit.ts';
import { DirectorySchema } from './config-directories.ts';
import { LISTENERS } from './config-listeners.ts';

/**
 * The configuration of one Vigie, whole. `vigie.yml` is validated against this schema, `vigie config
 * --help-keys` documents it from the descriptions here, and unknown keys are refused with the nearest one.
 * Every key can be set as `VIGIE_<PATH>` with `_` between the parts (`VIGIE_HTTP_PORT`).
 */
export const ConfigSchema = z.strictObject({
  data: z.string().min(1).default('./vigie-data').describe('Folder that holds everything Vigie keeps.'),
  http: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Address the console and the API listen on.'),
      port: z
        .int()
        .min(0)
        .max(65535)
        .default(8080)
        .describe('Port of the console, the API and HTTP ingestion.'),
      publicUrl: z
        .url()
        .optional()
        .describe('Address people reach the console at; used in links of e-mails.'),
      trustedProxies: z
        .array(z.string().refine(isNetwork, 'an address, or a network such as 192.0.2.0/24'))
        .default([])
        .describe(
          'Proxies in front (addresses or networks) whose X-Forwarded-For is believed; without it everybody behind a proxy counts as one address, which whoever guesses passwords holds up for all.',
        ),
      maxBodyBytes: z
        .int()
        .min(1024)
        .default(104_857_600)
        .describe('Largest request body after decompression, in bytes.'),
    })
    .prefault({}),
  syslog: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Address the syslog listeners bind to.'),
      port: z
        .int()
        .min(0)
        .max(65535)
        .default(5514)
        .describe('Port of syslog over UDP and TCP; 0 picks a free one.'),
      tls: z
        .strictObject({
          port: z.int().min(0).max(65535).default(6514).describe('Port of syslog over TLS (RFC 5425).'),
          cert: z.string().describe('Certificate chain, PEM file.'),
          key: z.string().describe('Private key, PEM file.'),
          ca: z
            .string()
            .optional()
            .describe('Authorities of client certificates, PEM file; set: clients must show one.'),
        })
        .optional()
        .describe('Switches on syslog over TLS.'),
      maxLineBytes: z.int().min(1024).default(262_144).describe('Longer lines are cut here and marked.'),
      maxConnections: z.int().min(1).default(10_000).describe('Open TCP and TLS connections in all.'),
      idleTimeoutSeconds: z
        .int()
        .min(5)
        .default(900)
        .describe('A connection silent for this long is closed.'),
    })
    .prefault({}),
  ...LISTENERS,
  state: z
    .strictObject({
      url: z
        .string()
        .optional()
        .describe('postgres:// address of an own PostgreSQL; absent: the embedded one.'),
    })
    .prefault({}),
  sessions: z
    .strictObject({
      idleMinutes: z
        .number()
        .min(0.01)
        .max(43_200)
        .default(60)
        .describe('A session ends after so long without a call; an open console calls by itself.'),
      hours: z
        .number()
        .min(0.01)
        .max(720)
        .default(12)
        .describe('A session ends after so long whatever happens.'),
    })
    .prefault({}),
  mail: z
    .strictObject({
      host: z.string().optional().describe('SMTP server; absent: mails wait in the outbox.'),
      port: z.int().min(1).max(65535).default(587).describe('SMTP port.'),
      security: z
        .enum(['tls', 'starttls', 'none'])
        .default('starttls')
        .describe('tls: from the first byte; starttls: required; none: clear text.'),
      user: z.string().optional().describe('Login name.'),
      password: z.string().optional().describe('Password; better given as VIGIE_MAIL_PASSWORD.'),
      ca: z.string().optional().describe('Authority that signed the server’s certificate, PEM file.'),
      from: z.string().default('Vigie <vigie@localhost>').describe('Sender of all mails.'),
      replyTo: z.string().optional().describe('Where answers go.'),
      digest: z
        .strictObject({
          after: z
            .int()
            .min(0)
            .max(1000)
            .default(5)
            .describe(
              'Mails of incidents, mentions and log sources to one address within `withinMinutes` that go at once; later ones wait and come as one mail. 0: all go at once.',
            ),
          withinMinutes: z.number().min(0.01).max(1440).default(60).describe('See `after`.'),
          holdMinutes: z
            .number()
            .min(0.01)
            .max(720)
            .default(15)
            .describe('How long the first mail that waits may wait.'),
          urgent: z
            .enum(LEVELS)
            .default('high')
            .describe('Least severity of incidents whose mails never wait.'),
        })
        .prefault({}),
    })
    .prefault({}),
  provider: z
    .strictObject({
      name: z
        .string()
        .default('Security operations centre')
        .describe('Name of the provider, shown in mails.'),
      phone: z.string().optional().describe('Whom to call, shown in mails.'),
      email: z.string().optional().describe('Whom to write to, shown in mails.'),
    })
    .prefault({}),
  detection: z
    .strictObject({
      rules: z
        .array(z.string())
        .default([])
        .describe('Folders of Sigma rules loaded beside the shipped and the imported ones.'),
      pipelines: z
        .array(z.string())
        .default([])
        .describe(
          'Processing pipelines (pySigma’s YAML) that adapt all rules but the shipped ones; read at every load of the rules.',
        ),
      placeholders: z
        .record(z.string(), z.union([z.array(z.string()), z.string()]))
        .default({})
        .describe(
          'Values of the placeholders in rules (`expand`): a list, or the name of a file with one value a line.',
        ),
      latenessSeconds: z
        .number()
        .min(0)
        .max(3600)
        .default(60)
        .describe('How late an event may come and still count in its correlation’s window.'),
      idleSeconds: z
        .number()
        .min(1)
        .max(3600)
        .default(60)
        .describe(
          'A tenant that sends nothing for so long has the windows of its correlations decided by the clock.',
        ),
      incidentWindowMinutes: z
        .int()
        .min(1)
        .default(240)
        .describe('Alerts that share an entity within this time join one incident.'),
      mailDelayMs: z
        .int()
        .min(0)
        .default(1500)
        .describe('How long a new incident gathers evidence before its mail is written.'),
    })
    .prefault({}),
  pipeline: z
    .strictObject({
      threads: z
        .int()
        .min(1)
        .max(64)
        .optional()
        .describe('Threads that read logs; absent: one less than there are processors, four at most.'),
    })
    .prefault({}),
  pull: z
    .strictObject({
      allowHosts: z
        .array(z.string().min(1).max(260))
        .default([])
        .describe(
          'Hosts (name or address, with or without :port) that connectors and single sign-on may reach although they are not public, or without TLS; TENANT=host for one client alone, else for every client’s administrators.',
        ),
      ca: z
        .string()
        .optional()
        .describe('Authorities that connectors and single sign-on trust beside the usual ones, PEM file.'),
      concurrency: z.int().min(1).max(64).default(4).describe('Connectors that fetch at the same time.'),
    })
    .prefault({}),
  attachments: z
    .strictObject({
      maxBytes: z
        .int()
        .min(1024)
        .max(1_073_741_824)
        .default(26_214_400)
        .describe('Largest file that people may send with an incident, in bytes.'),
      maxTenantBytes: z
        .int()
        .min(1024)
        .default(5_368_709_120)
        .describe('What the files of one tenant may take on disk together, in bytes.'),
      clamd: z
        .string()
        .regex(/^(?:\/.+|(?:\[[0-9a-fA-F:.]+\]|[^:[\]/\s]+):\d{1,5})$/, 'host:port, or the path of a socket')
        .optional()
        .describe('ClamAV’s clamd, host:port or the path of its socket; absent: files are not scanned.'),
      badHashes: z
        .string()
        .optional()
        .describe('File with one SHA-256 a line; what people send with such a hash counts as infected.'),
    })
    .prefault({}),
  requests: z
    .strictObject({
      checkMs: z
        .int()
        .min(100)
        .default(30_000)
        .describe('How often the dates of questions and decisions are looked at, in milliseconds.'),
    })
    .prefault({}),
  audit: AUDIT,
  webhooks: z
    .strictObject({
      allowHosts: z
        .array(z.string().min(1).max(260))
        .default([])
        .describe(
          'Hosts (name or address, with or without :port) that webhooks may reach although they are not public, or without TLS; TENANT=host for one client alone, else for every client’s administrators.',
        ),
      ca: z.string().optional().describe('Authorities that webhooks trust beside the usual ones, PEM file.'),
    })
    .prefault({}),
  assets: z
    .strictObject({
      forgetDays: z
        .int()
        .min(30)
        .default(400)
        .describe(
          'Machines and people that logs named, and nobody wrote anything about, are forgotten after so many days.',
        ),
      directories: z
        .array(DirectorySchema)
        .max(200)
        .default([])
        .describe(
          'Directories (LDAP, Active Directory) that machines and people are read from; see docs/assets.md for the keys.',
        ),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(['debug', 'info', 'warn', 'error'])
        .default('info')
        .describe('Detail of Vigie’s own log.'),
    })
    .prefault({}),
});

export type Config = z.infer<typeof ConfigSchema>;

/** Whether a text is an IP address, or a network in CIDR notation. */
function isNetwork(text: string): boolean {
  const [address = '', bits, more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
}

/** One key of the configuration, for documentation and for suggestions. */
export interface ConfigKey {
  readonly path: string;
  readonly env: string;
  readonly description: string;
  readonly default: unknown;
}

/** All keys of the schema, in its order. */
export function configKeys(): ConfigKey[] {
  const keys: ConfigKey[] = [];
  walk(ConfigSchema, '', keys);
  return keys;
}

function walk(schema: z.ZodType, path: string, out: ConfigKey[], description = '', fallback?: unknown): void {
  const def = schema.def as { type: string; innerType?: z.ZodType; defaultValue?: unknown };
  const text = schema.description ?? description;
  if (schema instanceof z.ZodObject) {
    for (const [name, child] of Object.entries(schema.shape))
      walk(child as z.ZodType, path === '' ? name : `${path}.${name}`, out);
  } else if (def.innerType !== undefined) {
    walk(def.innerType, path, out, text, def.type === 'default' ? def.defaultValue : fallback);
  } else out.push({ path, env: envName(path), description: text, default: fallback });
}

/** `http.maxBodyBytes` → `VIGIE_HTTP_MAX_BODY_BYTES`. */
export function envName(path: string): string {
  return `VIGIE_${path
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()}`;
}
