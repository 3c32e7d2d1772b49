import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
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
  readonly adminOnly: boolean;
}

function page(path: string, icon: IconName, title: string, key: string, load: Load, adminOnly = false): Page {
  return { path, icon, title, key, load, View: lazy(load), adminOnly };
}

const titles = translated({
  en: { clocks: 'Clocks', rotas: 'On call', branding: 'Branding' },
  fr: { clocks: 'Délais', rotas: 'Astreintes', branding: 'Identité visuelle' },
  it: { clocks: 'Scadenze', rotas: 'Reperibilità', branding: 'Identità visiva' },
  nl: { clocks: 'Termijnen', rotas: 'Piketrooster', branding: 'Huisstijl' },
  de: { clocks: 'Fristen', rotas: 'Bereitschaft', branding: 'Erscheinungsbild' },
});

/** The pages of the rail, in its order. */
export const PAGES: readonly Page[] = [
  page('/incidents', 'incidents', 'Incidents', 'i', () => import('./incidents/incidents.tsx')),
  page('/clocks', 'clock', titles.clocks, 'c', () => import('./clocks/clocks.tsx')),
  page('/events', 'events', 'Events', 'e', () => import('./events/events.tsx')),
  page('/sources', 'sources', 'Sources', 's', () => import('./sources/sources.tsx')),
  page('/mappings', 'mappings', 'Mappings', 'm', () => import('./mappings/mappings.tsx')),
  page('/coverage', 'coverage', 'Coverage', 'v', () => import('./coverage/coverage.tsx')),
  page('/rules', 'rules', 'Rules', 'r', () => import('./rules/rules.tsx')),
  page('/exceptions', 'exceptions', 'Exceptions', 'x', () => import('./exceptions/exceptions.tsx')),
  page('/rotas', 'bell', titles.rotas, 'a', () => import('./rotas/rotas.tsx')),
  page('/outbox', 'outbox', 'Outbox', 'o', () => import('./outbox/outbox.tsx')),
  page('/tenants', 'tenants', 'Tenants', 't', () => import('./tenants/tenants.tsx')),
  page('/access', 'access', 'Users & keys', 'u', () => import('./access/access.tsx'), true),
  page('/branding', 'theme', titles.branding, 'b', () => import('./clients/branding.tsx'), true),
  page('/status', 'status', 'Status', 'h', () => import('./status/status.tsx')),
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
  { path: '/tenants/:id', View: lazy(() => import('./tenants/tenant.tsx')) },
] as const;
