import { type ConfigKey, configKeys } from '../server/app/config-schema.ts';

const HEAD = `# Configuration

<!-- Written by scripts/configuration-page.ts from the schema in server/app/config-schema.ts: change it there,
     then run: npm run docs -->

Vigie starts without any configuration. What you want different goes into \`vigie.yml\` in the folder you start it
from (or the file that \`--config\` or \`VIGIE_CONFIG\` names). A variable overrides the file, a flag of the command
line overrides both:

\`\`\`yaml
# vigie.yml
http:
  port: 8443
  publicUrl: https://vigie.example.org
\`\`\`

\`\`\`sh
VIGIE_HTTP_PORT=8443 npm start
npm start -- --port 8443
\`\`\`

An unknown key or variable, or a value of the wrong kind, is refused at the start, with the line, what was expected
and the nearest known name. Secrets belong into variables, not into the file.
`;

const TAIL = `
## Variables that are no keys

| variable | meaning |
|---|---|
| \`VIGIE_CONFIG\` | path of the configuration file |
| \`VIGIE_ADMIN_EMAIL\`, \`VIGIE_ADMIN_PASSWORD\` | first administrator, at the first start on an empty data folder |
| \`VIGIE_URL\`, \`VIGIE_API_KEY\` | a server elsewhere, for the command line |
`;

/** `docs/configuration.md`: every key with its variable, default and meaning, one table a section. */
export function configurationPage(): string {
  const sections = new Map<string, ConfigKey[]>();
  for (const key of configKeys()) {
    const name = key.path.includes('.') ? key.path.slice(0, key.path.indexOf('.')) : '';
    const keys = sections.get(name);
    if (keys === undefined) sections.set(name, [key]);
    else keys.push(key);
  }
  let page = HEAD;
  for (const [name, keys] of sections) {
    page += `\n## ${name === '' ? 'General' : `\`${name}\``}\n\n| key | variable | default | meaning |\n|---|---|---|---|\n`;
    for (const { path, env, description, default: value } of keys)
      page += `| \`${path}\` | \`${env}\` | ${shown(value)} | ${description.replaceAll('|', '\\|')} |\n`;
  }
  return page + TAIL;
}

function shown(value: unknown): string {
  if (value === undefined) return '–';
  if (Array.isArray(value) && value.length === 0) return 'none';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
