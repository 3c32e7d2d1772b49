import { z } from 'zod';

const port = z.int().min(0).max(65535).optional();

const host = (what: string) => z.string().default('127.0.0.1').describe(`Address that ${what} binds to.`);

const tls = (what: string) =>
  z
    .strictObject({
      cert: z.string().describe('Certificate chain, PEM file.'),
      key: z.string().describe('Private key, PEM file.'),
      ca: z.string().optional().describe('Authorities of client certificates, PEM file.'),
      clientCertificates: z
        .enum(['none', 'optional', 'required'])
        .default('required')
        .describe('Whether clients show a certificate; without an authority they are not asked.'),
    })
    .optional()
    .describe(`Switches ${what} to TLS.`);

/** Part of the configuration: listeners beside syslog and HTTP. All are off until they have a port. */
export const LISTENERS = {
  lumberjack: z
    .strictObject({
      host: host('the Lumberjack listener'),
      port: port.describe('Port of Lumberjack (Beats, Logstash), usually 5044; absent: off.'),
      tls: tls('the Lumberjack listener'),
      maxConnections: z.int().min(1).default(512).describe('Open Lumberjack connections in all.'),
    })
    .prefault({}),
  gelf: z
    .strictObject({
      host: host('the GELF listeners'),
      udpPort: port.describe('Port of GELF over UDP, usually 12201; absent: off.'),
      tcpPort: port.describe('Port of GELF over TCP, usually 12201; absent: off.'),
      tls: tls('GELF over TCP'),
    })
    .prefault({}),
  netflow: z
    .strictObject({
      host: host('the NetFlow listener'),
      port: port.describe('UDP port of NetFlow 5, 9 and IPFIX, usually 2055; absent: off.'),
    })
    .prefault({}),
  wef: z
    .strictObject({
      host: host('the listener of Windows Event Forwarding'),
      port: port.describe(
        'Port on which Windows machines forward their event logs (HTTPS), usually 5986; absent: off.',
      ),
      cert: z
        .string()
        .optional()
        .describe('Certificate chain of this server, PEM file; its name is the one that machines are given.'),
      key: z.string().optional().describe('Private key, PEM file.'),
      ca: z
        .string()
        .optional()
        .describe(
          'Authorities that issue the certificates of machines, of all tenants, PEM file. A source names its own by SHA-256 fingerprint.',
        ),
      crl: z
        .string()
        .optional()
        .describe(
          'Revocation lists, PEM file; then every authority of wef.ca needs one that has not expired. This file and the three above are read again when they change.',
        ),
      maxConnections: z.int().min(1).default(4096).describe('Open connections of Windows machines in all.'),
    })
    .refine(
      ({ port, cert, key, ca }) =>
        port === undefined || (cert !== undefined && key !== undefined && ca !== undefined),
      'wef.cert, wef.key and wef.ca are needed with wef.port: machines and server know each other by certificates',
    )
    .prefault({}),
  kafka: z
    .strictObject({
      brokers: z
        .array(z.string().regex(/^[^\s:]+:\d{1,5}$/, 'expected host:port'))
        .default([])
        .describe('Kafka brokers to begin with, host:port; empty: off.'),
      topics: z
        .array(
          z.string().regex(/^[A-Za-z0-9._-]{1,249}=[a-z0-9-]+\/[a-z0-9-]+$/, 'expected TOPIC=TENANT/SOURCE'),
        )
        .default([])
        .describe('Topics to read and whose they are, each TOPIC=TENANT/SOURCE.'),
      group: z.string().min(1).default('vigie').describe('Consumer group.'),
      from: z
        .enum(['earliest', 'latest'])
        .default('earliest')
        .describe('Where a group begins that has no offset yet.'),
      security: z.enum(['plain', 'tls']).default('plain').describe('Whether brokers are spoken to with TLS.'),
      ca: z.string().optional().describe('Authority of the brokers, PEM file; absent: the system’s.'),
      cert: z.string().optional().describe('Client certificate, PEM file.'),
      key: z.string().optional().describe('Key of the client certificate, PEM file.'),
      mechanism: z
        .enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])
        .default('SCRAM-SHA-512')
        .describe('How the user signs in (SASL).'),
      user: z.string().optional().describe('User name; absent: no sign-in.'),
      password: z.string().optional().describe('Password; better given as VIGIE_KAFKA_PASSWORD.'),
    })
    .prefault({}),
};
