import { join } from 'node:path';
import type { Connector } from '../server/collect/pull/connector.ts';
import { CONNECTORS } from '../server/collect/pull/connectors.generated.ts';
import { formFields } from '../server/collect/pull/fields.ts';

const GENERATED = '<!-- Generated from the connector itself; `npm run docs` writes it anew. -->';

/** Where a connector's page lies, below the installation. */
export function connectorPagePath({ id }: Connector): string {
  return join('server', 'collect', 'pull', 'connectors', id, 'README.md');
}

/** A connector's page: permissions, set-up, settings, delivery. */
export function connectorPage(connector: Connector): string {
  const rows = formFields(connector.schema).map((field) => {
    const kind =
      field.choices === undefined ? field.kind : field.choices.map((one) => `\`${one}\``).join(', ');
    const fallback =
      field.default === undefined
        ? field.required
          ? 'needed'
          : ''
        : `\`${Array.isArray(field.default) ? field.default.join(', ') : String(field.default)}\``;
    return `| \`${field.name}\` | ${kind} | ${fallback} | ${cell(`${field.title}. ${field.description}`)} |`;
  });
  const read =
    connector.technologies.length === 0
      ? 'Its items are recognised one by one; name the technology at the source where you know it.'
      : `Its items are read as ${connector.technologies
          .map((id) => `[${id}](../../../../../sources/${id.replace('.', '/')}/README.md)`)
          .join(', ')}.`;
  return `# ${connector.name}

${GENERATED}

${connector.summary} ${read}

\`\`\`sh
./vigie source add acme cloud
./vigie connector add acme cloud ${connector.id} --test …
\`\`\`

## What the credential must be allowed

${connector.permissions.map((permission) => `- ${permission}`).join('\n')}

## How to make it

${connector.setup}

## Settings

Fetched every ${connector.everySeconds} seconds, unless told otherwise.

| setting | kind | default | meaning |
|---|---|---|---|
${rows.join('\n')}

## What comes, and when

${connector.delivery}

## References

${connector.references.map((url) => `- <${url}>`).join('\n')}
`;
}

/** The table of all connectors in docs/connectors.md. */
export function connectorsTable(): string {
  return [
    '| connector | vendor | fetches | every |',
    '|---|---|---|---|',
    ...CONNECTORS.map(
      (connector) =>
        `| [${connector.name}](../${connectorPagePath(connector)}) (\`${connector.id}\`) | ${connector.vendor} | ${cell(connector.summary)} | ${connector.everySeconds} s |`,
    ),
  ].join('\n');
}

function cell(text: string): string {
  return text.trim().replaceAll('|', '\\|').replaceAll('\n', ' ');
}
