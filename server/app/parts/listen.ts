/** A start that failed for a reason a person can mend. */
export class StartError extends Error {
  readonly code = 'VIGIE_APP_START';
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'StartError';
  }
}

/**
 * Opens an address.
 *
 * @param what the address in words
 * @param flag the command line's flag that chooses another
 * @throws {StartError} which says in words why it could not be listened on
 */
export async function listen<T>(open: () => Promise<T>, what: string, flag: string): Promise<T> {
  try {
    return await open();
  } catch (error) {
    // A collector wraps what the system said in an error of its own.
    const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new StartError(`${what} is in use by another program; choose another with ${flag}`, error);
    if (code === 'EACCES')
      throw new StartError(`${what} needs more rights; choose one above 1023 with ${flag}`, error);
    throw error;
  }
}
