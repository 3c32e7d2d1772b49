/** What a new rule begins with. */
export function newRuleText(id: string, author: string, today: string): string {
  return `title: What it finds
id: ${id}
status: experimental
description: What happened, and why that matters.
author: ${JSON.stringify(author)}
date: ${today}
tags:
  - attack.execution
logsource:
  product: linux
detection:
  selection:
    event.original|contains: change me
  condition: selection
falsepositives:
  - What else may look like this
level: medium
`;
}

/** What new cases begin with. */
export const NEW_CASES = `# Raw logs with the verdict they must get. {{syslog}} and others write the time.
cases:
  - name: it happens
    fires: true
    logs:
      - log: '<38>{{syslog}} web1 sshd[100]: change me'
        type: linux.sshd
  - name: something like it
    fires: false
    logs:
      - log: '<38>{{syslog}} web1 sshd[100]: something else'
        type: linux.sshd
`;

/** The id that a rule's text gives itself: that of its last document, where the rule stands that counts the others. */
export function idIn(text: string): string | null {
  const ids = [
    ...text.matchAll(/^id:[ \t]*["']?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})["']?[ \t]*(?:#.*)?$/gm),
  ];
  return ids.at(-1)?.[1] ?? null;
}
