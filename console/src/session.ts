import { createContext, useContext, useEffect } from 'react';
import { useLocation } from 'wouter';
import type { Permission, SessionView } from './api/types.ts';
import { useUrl } from './url.ts';

/** Set by the shell; pages below it always have somebody signed in. */
export const SessionContext = createContext<SessionView | null>(null);

/** Who is signed in. */
export function useSession(): SessionView {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession outside the shell');
  return session;
}

/** Whether the person has a permission. The server decides; this only hides what it would refuse. */
export function useMay(permission: Permission): boolean {
  return useSession().permissions.includes(permission);
}

/** Whether the person has a permission and sees all tenants, as what holds for all of them asks for. */
export function useMayForAll(permission: Permission): boolean {
  const { provider } = useSession();
  return useMay(permission) && provider;
}

/** Pages that show one tenant or all of them. */
export const SCOPED = [
  '/',
  '/incidents',
  '/alerts',
  '/clocks',
  '/events',
  '/sources',
  '/coverage',
  '/quality',
  '/exceptions',
  '/outbox',
  '/audit',
  '/webhooks',
  '/assets',
];
const KEY = 'vigie.tenant';
let remembered: string | undefined = read();

function read(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined; // Storage is blocked.
  }
}

function remember(tenant: string | undefined): void {
  remembered = tenant;
  try {
    if (tenant === undefined) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, tenant);
  } catch {
    remembered = tenant; // Storage is blocked: remembered for this page only.
  }
}

/** The address of a page within the present scope. */
export function scoped(path: string): string {
  return remembered !== undefined && SCOPED.includes(path) ? `${path}?tenant=${remembered}` : path;
}

/** The tenant in view (`undefined`: all), from the address on pages that have one. */
export function useScope(): {
  tenant: string | undefined;
  name: string | null;
  choose: (tenant?: string) => void;
} {
  const session = useSession();
  const [path, navigate] = useLocation();
  const { params, patch } = useUrl();
  const inAddress = SCOPED.includes(path);
  const asked = inAddress ? (params.get('tenant') ?? undefined) : remembered;
  const known = session.tenants.find((each) => each.id === asked);
  useEffect(() => {
    if (inAddress && asked !== remembered) remember(asked);
  }, [inAddress, asked]);
  return {
    tenant: known?.id ?? (inAddress ? asked : undefined),
    name: known?.name ?? null,
    choose: (tenant) => {
      remember(tenant);
      if (inAddress) patch({ tenant, cursor: undefined }, 'push');
      else navigate(scoped('/incidents'));
    },
  };
}

/** Name of a tenant for display; its id when the name is not known. */
export function useTenantName(): (id: string) => string {
  const { tenants } = useSession();
  return (id) => tenants.find((each) => each.id === id)?.name ?? id;
}

/** Whether tenants stand side by side in view, so that each line has to say whose it is. */
export function useSeveralTenants(): boolean {
  const { tenants } = useSession();
  const { tenant } = useScope();
  return tenant === undefined && tenants.length > 1;
}
