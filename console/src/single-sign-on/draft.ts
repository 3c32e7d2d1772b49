import type { NewSsoConnection, Role, SsoConnectionView } from '../api/types.ts';

/** A connection as the form has it: the fields of both kinds, texts as they are typed. */
export interface Draft {
  readonly name: string;
  readonly kind: 'oidc' | 'saml';
  readonly issuer: string;
  readonly clientId: string;
  /** Empty: as it is. */
  readonly secret: string;
  readonly scopes: string;
  readonly entryPoint: string;
  /** PEM, several after each other. */
  readonly certificates: string;
  readonly domains: readonly string[];
  readonly attributes: { readonly email: string; readonly name: string; readonly groups: string };
  readonly rules: readonly { readonly key: number; readonly group: string; readonly role: Role }[];
  readonly defaultRole: Role | null;
  readonly enabled: boolean;
  readonly button: boolean;
}

let keys = 0;

/** Keeps a row's fields with the row while others go. */
export function newKey(): number {
  keys += 1;
  return keys;
}

/** The form of a connection, or of a new one. */
export function draftOf(before: SsoConnectionView | null): Draft {
  const oidc = before?.protocol.kind === 'oidc' ? before.protocol : undefined;
  const saml = before?.protocol.kind === 'saml' ? before.protocol : undefined;
  return {
    name: before?.name ?? '',
    kind: before?.protocol.kind ?? 'oidc',
    issuer: before?.protocol.issuer ?? '',
    clientId: oidc?.clientId ?? '',
    secret: '',
    scopes: oidc?.scopes ?? 'openid email profile',
    entryPoint: saml?.entryPoint ?? '',
    certificates: saml?.certificates.join('\n') ?? '',
    domains: before?.domains ?? [],
    attributes: before?.attributes ?? { email: 'email', name: 'name', groups: 'groups' },
    rules: (before?.roles ?? []).map((rule) => ({ ...rule, key: newKey() })),
    defaultRole: before?.defaultRole ?? null,
    enabled: before?.enabled ?? true,
    button: before?.button ?? false,
  };
}

const END = '-----END CERTIFICATE-----';

/** Certificates of a text: each as it ends, or the whole where there is bare base64. */
export function certificatesOf(text: string): string[] {
  if (!text.includes(END)) return text.trim() === '' ? [] : [text.trim()];
  return text
    .split(END)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => `${part}\n${END}`);
}

/** What the API takes. */
export function inputOf(draft: Draft): Omit<NewSsoConnection, 'tenant'> {
  const issuer = draft.issuer.trim();
  return {
    name: draft.name.trim(),
    enabled: draft.enabled,
    button: draft.button,
    domains: [...draft.domains],
    protocol:
      draft.kind === 'oidc'
        ? { kind: 'oidc', issuer, clientId: draft.clientId.trim(), scopes: draft.scopes.trim() }
        : {
            kind: 'saml',
            issuer,
            entryPoint: draft.entryPoint.trim(),
            certificates: certificatesOf(draft.certificates),
          },
    ...(draft.kind === 'oidc' && draft.secret !== '' ? { secret: draft.secret } : {}),
    attributes: draft.attributes,
    roles: draft.rules.map(({ group, role }) => ({ group: group.trim(), role })),
    defaultRole: draft.defaultRole,
  };
}
