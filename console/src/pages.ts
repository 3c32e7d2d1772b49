import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { Permission } from './api/types.ts';
import { t as campaigns } from './campaigns/strings/strings.ts';
import { t } from './strings.ts';
import type { IconName } from './ui/icons.tsx';
import { translated } from './ui/language.ts';

type Load = () => Promise<{ default: ComponentType }>;

/** A page: where it is, what it is called, and its own chunk of script. */
export interface Page {
  readonly path: string;
  readonly icon: IconName;
  readonly title: string;
  /** Second key of `g …`. */
  readonly key: string;
  readonly load: Load;
  readonly View: LazyExoticComponent<ComponentType>;
  /** Who lacks it does not see the page. */
  readonly needs: Permission;
  /** Concerns all tenants: who is confined to some does not see it either. */
  readonly allTenants: boolean;
}

function page(
  path: string,
  icon: IconName,
  title: string,
  key: string,
  needs: Permission,
  load: Load,
  allTenants = false,
): Page {
  return { path, icon, title, key, needs, load, View: lazy(load), allTenants };
}

const titles = translated({
  en: {
    home: 'Home',
    assets: 'Assets',
    clocks: 'Clocks',
    rotas: 'On call',
    branding: 'Branding',
    audit: 'Audit log',
    webhooks: 'Webhooks',
  },
  fr: {
    home: 'Accueil',
    assets: 'Actifs',
    clocks: 'Délais',
    rotas: 'Astreintes',
    branding: 'Identité visuelle',
    audit: 'Journal d’audit',
    webhooks: 'Webhooks',
  },
  it: {
    home: 'Inizio',
    assets: 'Asset',
    clocks: 'Scadenze',
    rotas: 'Reperibilità',
    branding: 'Identità visiva',
    audit: 'Registro di audit',
    webhooks: 'Webhook',
  },
  nl: {
    home: 'Start',
    assets: 'Assets',
    clocks: 'Termijnen',
    rotas: 'Piketrooster',
    branding: 'Huisstijl',
    audit: 'Auditlogboek',
    webhooks: 'Webhooks',
  },
  de: {
    home: 'Start',
    assets: 'Assets',
    clocks: 'Fristen',
    rotas: 'Bereitschaft',
    branding: 'Erscheinungsbild',
    audit: 'Audit-Log',
    webhooks: 'Webhooks',
  },
});

/** The pages of the rail, in its order. */
export const PAGES: readonly Page[] = [
  page('/', 'home', titles.home, 'g', 'incidents.read', () => import('./home/home.tsx')),
  page(
    '/incidents',
    'incidents',
    t.pages.incidents,
    'i',
    'incidents.read',
    () => import('./incidents/incidents.tsx'),
  ),
  page(
    '/alerts',
    'bell',
    translated({
      en: 'Loose alerts',
      fr: 'Alertes isolées',
      it: 'Allarmi isolati',
      nl: 'Losse meldingen',
      de: 'Lose Alarme',
    }),
    'a',
    'incidents.read',
    () => import('./alerts/alerts.tsx'),
  ),
  page('/clocks', 'clock', titles.clocks, 'c', 'incidents.read', () => import('./clocks/clocks.tsx')),
  page('/assets', 'assets', titles.assets, 'y', 'assets.read', () => import('./assets/assets.tsx')),
  page('/events', 'events', t.pages.events, 'e', 'events.read', () => import('./events/events.tsx')),
  page('/sources', 'sources', t.pages.sources, 's', 'sources.read', () => import('./sources/sources.tsx')),
  page(
    '/mappings',
    'mappings',
    t.pages.mappings,
    'm',
    'mappings.write',
    () => import('./mappings/mappings.tsx'),
  ),
  page('/coverage', 'coverage', t.pages.coverage, 'v', 'rules.read', () => import('./coverage/coverage.tsx')),
  page('/rules', 'rules', t.pages.rules, 'r', 'rules.read', () => import('./rules/rules.tsx')),
  page(
    '/quality',
    'check',
    translated({ en: 'Quality', fr: 'Qualité', it: 'Qualità', nl: 'Kwaliteit', de: 'Güte' }),
    'q',
    'rules.read',
    () => import('./quality/quality.tsx'),
  ),
  page(
    '/procedures',
    'procedures',
    t.pages.procedures,
    'p',
    'procedures.read',
    () => import('./procedures/procedures.tsx'),
  ),
  page(
    '/exceptions',
    'exceptions',
    t.pages.exceptions,
    'x',
    'rules.read',
    () => import('./exceptions/exceptions.tsx'),
  ),
  page('/rotas', 'bell', titles.rotas, 'n', 'comments.internal', () => import('./rotas/rotas.tsx')),
  page(
    '/campaigns',
    'columns',
    campaigns.title,
    'd',
    'comments.internal',
    () => import('./campaigns/campaigns.tsx'),
    true,
  ),
  page('/outbox', 'outbox', t.pages.outbox, 'o', 'mails.read', () => import('./outbox/outbox.tsx')),
  page('/tenants', 'tenants', t.pages.tenants, 't', 'tenants.read', () => import('./tenants/tenants.tsx')),
  page('/access', 'access', t.pages.access, 'u', 'access.read', () => import('./access/access.tsx')),
  page(
    '/single-sign-on',
    'key',
    t.pages.signIn,
    'l',
    'signin.manage',
    () => import('./single-sign-on/single-sign-on.tsx'),
  ),
  page('/branding', 'theme', titles.branding, 'b', 'tenants.manage', () => import('./clients/branding.tsx')),
  page(
    '/webhooks',
    'webhooks',
    titles.webhooks,
    'w',
    'webhooks.manage',
    () => import('./webhooks/webhooks.tsx'),
  ),
  page('/audit', 'audit', titles.audit, 'j', 'audit.read', () => import('./audit/audit.tsx')),
  page('/status', 'status', t.pages.status, 'h', 'status.read', () => import('./status/status.tsx')),
];

/** Pages of one thing, reached from a list. */
export const DETAIL_PAGES = [
  { path: '/incidents/:id', View: lazy(() => import('./incident/incident.tsx')) },
  { path: '/sources/:tenant/:id', View: lazy(() => import('./sources/source.tsx')) },
  { path: '/mappings/new', View: lazy(() => import('./mappings/mapping.tsx')) },
  { path: '/mappings/:key', View: lazy(() => import('./mappings/mapping.tsx')) },
  { path: '/rules/new', View: lazy(() => import('./rules/editor/edit.tsx')) },
  { path: '/rules/:id/edit', View: lazy(() => import('./rules/editor/edit.tsx')) },
  { path: '/rules/:id', View: lazy(() => import('./rules/rule.tsx')) },
  { path: '/exceptions/:id', View: lazy(() => import('./exceptions/exception.tsx')) },
  { path: '/access/roles', View: lazy(() => import('./access/roles/roles.tsx')) },
  { path: '/sessions', View: lazy(() => import('./access/own.tsx')) },
  { path: '/security', View: lazy(() => import('./security/security.tsx')) },
  { path: '/procedures/new', View: lazy(() => import('./procedures/edit.tsx')) },
  { path: '/procedures/own/:key/edit', View: lazy(() => import('./procedures/edit.tsx')) },
  { path: '/procedures/own/:key', View: lazy(() => import('./procedures/procedure.tsx')) },
  { path: '/procedures/shipped/:id', View: lazy(() => import('./procedures/procedure.tsx')) },
  { path: '/assets/:tenant/:id', View: lazy(() => import('./assets/asset.tsx')) },
  { path: '/tenants/:id', View: lazy(() => import('./tenants/tenant.tsx')) },
] as const;
