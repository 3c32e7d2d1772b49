/** What a new procedure begins with: one step of each kind. */
export const NEW_SOP = `id: my-procedure
version: 1
types: [malware]
fits:
  techniques: { T1204: 2 }
  entities: [host]
steps:
  - { id: look, kind: query, mandatory: true, within: 30m, queries: ['host.name:{host} event.category:process'] }
  - { id: note, kind: evidence, asks: note }
  - { id: decide, kind: decision, options: [{ id: harmless, to: end }, { id: real }] }
  - { id: isolate, kind: task, by: client, role: client-it, mandatory: true, within: 1h }
  - { id: tell, kind: tell, whom: client-management }
`;

/** Its words in one language. */
export const NEW_TEXT = `# Title
What it is about, in one paragraph.

## look: What ran on it
What to look for.

## note: What was found
What to write down.

## decide: Is it real
- [harmless] Harmless
- [real] Real

## isolate: Isolate it
How, and what never to do.

## tell: Tell the management
\`\`\`message
{incident}: at {organisation} …
\`\`\`
`;
