import { z } from 'zod';

/** Keys of the audit log. */
export const AUDIT = z
  .strictObject({
    verifyHours: z
      .number()
      .min(0.01)
      .max(8760)
      .default(24)
      .describe('How often Vigie verifies the whole audit log by itself.'),
    anchors: z
      .strictObject({
        everyMinutes: z
          .number()
          .min(0.01)
          .max(10_080)
          .default(60)
          .describe('How often the end of the audit log is sent outside, where it has grown.'),
        file: z
          .string()
          .min(1)
          .optional()
          .describe(
            'File that anchors are added to; on a disk or share that Vigie’s user may only append to.',
          ),
        mail: z.email().optional().describe('Address that anchors are mailed to.'),
        syslog: z
          .strictObject({
            host: z.string().min(1).describe('Receiver of anchors by syslog (RFC 5424).'),
            port: z.int().min(1).max(65535).default(6514).describe('Its port.'),
            transport: z
              .enum(['tls', 'tcp'])
              .default('tls')
              .describe('tls: encrypted, certificate checked; tcp: clear text.'),
            ca: z.string().optional().describe('Authority that signed its certificate, PEM file.'),
          })
          .optional()
          .describe('Sends anchors by syslog.'),
      })
      .prefault({}),
  })
  .prefault({});
