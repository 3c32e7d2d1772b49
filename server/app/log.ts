import pino, { type Logger } from 'pino';

/**
 * Vigie's own log: JSON lines on standard error, so that standard output stays for people. Secrets never
 * belong in it; the paths below are cut out in case a careless object carries one.
 */
export function createLog(level: string): Logger {
  return pino(
    {
      level,
      base: undefined,
      redact: {
        paths: [
          'password',
          '*.password',
          'token',
          '*.token',
          'secret',
          '*.secret',
          'authorization',
          '*.authorization',
        ],
        censor: '[secret]',
      },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ fd: 2, sync: true }),
  );
}
