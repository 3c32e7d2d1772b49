const DAY = 86_400_000;

/**
 * When a recipient is reminded: a day before the date, but not before three quarters of the time have passed, so that
 * a question for today is not repeated within the minute.
 *
 * @returns epoch milliseconds
 */
export function mayRemindAt(request: { readonly askedAt: number; readonly dueAt: number }): number {
  return Math.max(request.dueAt - DAY, request.askedAt + (request.dueAt - request.askedAt) * 0.75);
}
