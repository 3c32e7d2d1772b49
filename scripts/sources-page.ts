import { REGISTRY } from '@vigie/sources';

const HEAD = `# Sources

<!-- Generated from the sources' own descriptions; \`npm run docs\` writes it anew. -->

What Vigie reads, one folder each: its page says how to switch logging on at the device and which fields the documents
have. The technology is recognised from the line where the source's configuration does not name it. For a product that
is not here, send CEF, LEEF, ECS or OCSF, or begin a source of your own with \`vigie sources new vendor/product\`.
`;

const TITLES: Readonly<Record<string, string>> = {
  application: 'Applications',
  cloud: 'Cloud',
  database: 'Databases',
  dns: 'Names and addresses',
  email: 'Mail',
  endpoint: 'Endpoints',
  firewall: 'Firewalls',
  identity: 'Identity and access',
  'network-detection': 'Networks and their detection',
  proxy: 'Proxies',
  saas: 'Software as a service',
  system: 'Systems',
  vpn: 'VPN',
  web: 'Web servers and their protection',
};

/** `docs/sources.md`: every source with its vendor and what it is good for, one table a category. */
export function sourcesPage(): string {
  const categories = new Map<string, string[]>();
  const entries = REGISTRY.map(({ manifest }) => manifest).sort((a, b) =>
    `${a.vendor} ${a.name}`.localeCompare(`${b.vendor} ${b.name}`, 'en'),
  );
  for (const { id, name, vendor, category, description, kinds } of entries) {
    const folder = `../sources/${id.replace('.', '/')}`;
    const row = `| [${name}](${folder}/README.md) | ${vendor} | \`${id}\` | ${kinds.length} | ${description
      .split('\n', 1)[0]!
      .replaceAll('|', '\\|')} |`;
    const rows = categories.get(category);
    if (rows === undefined) categories.set(category, [row]);
    else rows.push(row);
  }
  let page = `${HEAD}\n${entries.length} sources.\n`;
  for (const [category, rows] of [...categories].sort(([a], [b]) =>
    titleOf(a).localeCompare(titleOf(b), 'en'),
  ))
    page += `\n## ${titleOf(category)}\n\n| source | vendor | id | kinds of events | what it shows |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
  return page;
}

function titleOf(category: string): string {
  return TITLES[category] ?? category;
}
