import { z } from 'zod';
import type { ManagedAccount } from './ports.ts';

export const SCIM_USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** A refusal in SCIM's own form (RFC 7644, section 3.12). */
export class ScimError extends Error {
  readonly status: number;
  readonly scimType: string | undefined;

  constructor(status: number, message: string, scimType?: string) {
    super(message);
    this.name = 'ScimError';
    this.status = status;
    this.scimType = scimType;
  }

  toBody() {
    return {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(this.status),
      ...(this.scimType === undefined ? {} : { scimType: this.scimType }),
      detail: this.message,
    };
  }
}

/** Some clients send the text `"True"` where the schema has a boolean. */
const Flag = z.union([
  z.boolean(),
  z
    .string()
    .regex(/^(?:true|false)$/i)
    .transform((text) => text.toLowerCase() === 'true'),
]);
const Group = z.union([z.string().max(256), z.object({ value: z.string().max(256) })]);
const ScimName = z.object({
  formatted: z.string().max(200).optional(),
  givenName: z.string().max(100).optional(),
  familyName: z.string().max(100).optional(),
});

/** A user as a client sends it. What Vigie has no use for is read over. */
export const ScimUserInput = z.object({
  schemas: z.array(z.string()).max(10).optional(),
  userName: z.email().max(254).toLowerCase(),
  externalId: z.string().max(256).nullish(),
  displayName: z.string().max(200).nullish(),
  name: ScimName.nullish(),
  active: Flag.optional(),
  roles: z.array(Group).max(100).optional(),
});

/** What a client wants an account to be. */
export interface ScimUser {
  readonly email: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly active: boolean;
  /** Groups for the connection's rules; undefined: nothing said of them. */
  readonly groups: readonly string[] | undefined;
}

/** @throws ScimError `invalidValue` */
export function readUser(body: unknown): ScimUser {
  const parsed = ScimUserInput.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ScimError(
      400,
      `${issue?.path.join('.') ?? 'user'}: ${issue?.message ?? 'invalid'}`,
      'invalidValue',
    );
  }
  const { userName, externalId, displayName, name, active = true, roles } = parsed.data;
  return {
    email: userName,
    name: nameOf(displayName, name) ?? userName,
    externalId: externalId ?? null,
    active,
    groups: roles?.map((role) => (typeof role === 'string' ? role : role.value)),
  };
}

function nameOf(
  displayName: string | null | undefined,
  name: z.infer<typeof ScimName> | null | undefined,
): string | undefined {
  const whole = [name?.givenName, name?.familyName].filter(Boolean).join(' ');
  return [displayName, name?.formatted, whole].map((each) => each?.trim()).find(Boolean);
}

const Patch = z.object({
  schemas: z.array(z.string()).refine((schemas) => schemas.includes(PATCH), 'not a PatchOp'),
  Operations: z
    .array(
      z.object({ op: z.string().toLowerCase(), path: z.string().max(200).optional(), value: z.unknown() }),
    )
    .min(1)
    .max(50),
});

/**
 * What a PATCH changes. Known are `active`, `userName`, `displayName`, `externalId` and `name.*`; other attributes that
 * a client may have are read over, as RFC 7644 lets a server do with what it does not keep.
 *
 * @throws ScimError
 */
export function readPatch(body: unknown): Partial<Omit<ScimUser, 'groups'>> {
  const parsed = Patch.safeParse(body);
  if (!parsed.success) throw new ScimError(400, 'not a PatchOp', 'invalidSyntax');
  const change: Record<string, unknown> = {};
  for (const { op, path, value } of parsed.data.Operations) {
    if (op === 'remove') {
      if (path?.toLowerCase() === 'externalid') change['externalId'] = null;
      continue;
    }
    if (op !== 'add' && op !== 'replace') throw new ScimError(400, `no operation ${op}`, 'invalidSyntax');
    if (path !== undefined) set(change, path, value);
    else if (typeof value === 'object' && value !== null)
      for (const [name, each] of Object.entries(value)) set(change, name, each);
    else throw new ScimError(400, 'an operation without a path needs an object', 'invalidValue');
  }
  const names = change['name'] as z.infer<typeof ScimName> | undefined;
  const name = nameOf(change['displayName'] as string | undefined, names);
  return {
    ...(change['active'] === undefined ? {} : { active: change['active'] as boolean }),
    ...(change['userName'] === undefined ? {} : { email: change['userName'] as string }),
    ...(change['externalId'] === undefined ? {} : { externalId: change['externalId'] as string | null }),
    ...(name === undefined ? {} : { name }),
  };
}

/** Attribute names are compared without regard to case (RFC 7643, section 2.1). */
function set(change: Record<string, unknown>, path: string, value: unknown): void {
  const shape = ScimUserInput.shape;
  const plain = path.startsWith(`${SCIM_USER}:`) ? path.slice(SCIM_USER.length + 1) : path;
  const part = /^name\.(givenname|familyname|formatted)$/i.exec(plain)?.[1]?.toLowerCase();
  const checked = <T>(schema: z.ZodType<T>): T => {
    const result = schema.safeParse(value);
    if (!result.success)
      throw new ScimError(400, `${plain}: ${result.error.issues[0]?.message}`, 'invalidValue');
    return result.data;
  };
  if (part !== undefined) {
    const name = part === 'givenname' ? 'givenName' : part === 'familyname' ? 'familyName' : 'formatted';
    change['name'] = { ...(change['name'] as object | undefined), [name]: checked(z.string().max(200)) };
    return;
  }
  switch (plain.toLowerCase()) {
    case 'active':
      change['active'] = checked(Flag);
      break;
    case 'username':
      change['userName'] = checked(shape.userName);
      break;
    case 'displayname':
      change['displayName'] = checked(z.string().max(200));
      break;
    case 'externalid':
      change['externalId'] = checked(z.string().max(256).nullable());
      break;
    case 'name':
      change['name'] = checked(ScimName);
      break;
  }
}

/**
 * The address of `userName eq "…"`, the one filter that provisioning clients need.
 *
 * @returns undefined: no filter
 * @throws ScimError `invalidFilter`
 */
export function readFilter(filter: string | undefined): string | undefined {
  if (filter === undefined) return undefined;
  const found = /^\s*userName\s+eq\s+("(?:[^"\\]|\\["\\/bfnrt]){0,254}")\s*$/i.exec(filter);
  if (found === null) throw new ScimError(400, 'only userName eq "…" is known', 'invalidFilter');
  return (JSON.parse(found[1]!) as string).toLowerCase();
}

/** An account in SCIM's form. @param base address of the SCIM service */
export function scimUser(account: ManagedAccount, base: string) {
  return {
    schemas: [SCIM_USER],
    id: account.id,
    ...(account.externalId === null ? {} : { externalId: account.externalId }),
    userName: account.email,
    displayName: account.name,
    name: { formatted: account.name },
    active: account.active,
    emails: [{ value: account.email, primary: true }],
    roles: [{ value: account.role, primary: true }],
    meta: {
      resourceType: 'User',
      created: new Date(account.createdAt).toISOString(),
      location: `${base}/Users/${account.id}`,
    },
  };
}

/** What the service can do (RFC 7643, section 5). */
export const SERVICE_PROVIDER_CONFIG = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: 200 },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description: 'The token of the connection',
      primary: true,
    },
  ],
} as const;

/** The kinds of resources (RFC 7643, section 6): users only. */
export const RESOURCE_TYPES = [
  {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: 'User',
    name: 'User',
    endpoint: '/Users',
    schema: SCIM_USER,
    schemaExtensions: [{ schema: ENTERPRISE, required: false }],
  },
] as const;
