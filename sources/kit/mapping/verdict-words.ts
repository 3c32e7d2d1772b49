/** Words that products end an action with, and what they mean in ECS's `event.outcome`. */
const GOOD =
  /^(?:ok|success|successful|succeeded|granted|allow|allowed|accept|accepted|pass|passed|permit|permitted|true|yes|approved|valid|authorized|authorised|done|completed)$/i;
const BAD =
  /^(?:fail|failed|failure|denied|deny|reject|rejected|refused|error|block|blocked|forbidden|false|no|invalid|unauthorized|unauthorised|dropped|drop|expired|timeout)$/i;
const ALLOWED = /^(?:granted|allow|allowed|accept|accepted|pass|passed|permit|permitted|approved)$/i;
const DENIED = /^(?:denied|deny|reject|rejected|refused|block|blocked|forbidden|dropped|drop)$/i;

/** The last word counts: `access_granted`, `LOGIN-FAILED`. */
function lastWord(text: string): string {
  return (
    text
      .slice(-40)
      .split(/[^A-Za-z]+/)
      .filter((word) => word !== '')
      .at(-1) ?? ''
  );
}

/** A table of values for `event.outcome`, where at least one of the words says how it ended. */
export function outcomeWords(words: readonly string[]): Record<string, string> | undefined {
  return table(words, [
    [GOOD, 'success'],
    [BAD, 'failure'],
  ]);
}

/** A table of values for `event.type`, where words say what was let through and what was not. */
export function verdictWords(words: readonly string[]): Record<string, string> | undefined {
  return table(words, [
    [ALLOWED, 'allowed'],
    [DENIED, 'denied'],
  ]);
}

function table(
  words: readonly string[],
  meanings: readonly (readonly [RegExp, string])[],
): Record<string, string> | undefined {
  const found: [string, string][] = [];
  for (const word of words) {
    const meaning = meanings.find(([pattern]) => pattern.test(lastWord(word)))?.[1];
    if (meaning !== undefined && word.length <= 200) found.push([word, meaning]);
  }
  return found.length === 0 ? undefined : Object.fromEntries(found);
}
