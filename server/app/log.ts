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
      serializers: { err: (error: unknown) => describeError(error) },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}

/**
 * An error as the log shows it: only what is known to be harmless. Drivers hang their whole connection on an
 * error, credentials included.
 */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { message: String(error).slice(0, 500) };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    message: error.message.slice(0, 2000),
    ...(depth === 0 ? { stack: error.stack?.slice(0, 4000) } : {}),
    ...(error.cause === undefined || depth > 3 ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}
