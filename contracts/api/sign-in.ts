import { z } from 'zod';
import { RoleName } from './access.ts';
import { Instant, Slug } from './common.ts';

/** What can complete a sign-in after the password. */
export const SECOND_FACTORS = ['totp', 'recovery', 'passkey'] as const;

/** `POST /api/session`, 202: the password is right, and a second factor is asked for. */
export const SecondFactorNeeded = z.object({
  next: z.literal('second-factor'),
  methods: z.array(z.enum(SECOND_FACTORS)),
});
export type SecondFactorNeeded = z.infer<typeof SecondFactorNeeded>;

/** A code of an authenticator app (six digits) or a recovery code; spaces and hyphens don't matter. */
export const FactorCode = z.strictObject({ code: z.string().min(6).max(40) });

/** A way in through an organisation, as the sign-in page shows it. */
export const SignInChoice = z.object({ id: z.string(), name: z.string() });
export type SignInChoice = z.infer<typeof SignInChoice>;

/** `GET /api/sign-in`: what the sign-in page offers. */
export const SignInOptions = z.object({
  /** Some e-mail domains lead to their organisation's own sign-in, so the e-mail is asked for first. */
  emailFirst: z.boolean(),
  /** Connections with a button. */
  choices: z.array(SignInChoice),
  /** Origin that passkeys belong to; null: they can't be used at the address of this installation. */
  passkeyOrigin: z.string().nullable(),
});
export type SignInOptions = z.infer<typeof SignInOptions>;

/** A message of the browser's WebAuthn interface in its JSON form (WebAuthn Level 3, section 5.1.8). */
const Buffer64 = z.string().regex(/^[A-Za-z0-9_-]{1,20000}$/);
const Credential = z.object({
  id: Buffer64.max(1400),
  rawId: Buffer64.max(1400),
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  clientExtensionResults: z.record(z.string(), z.unknown()),
});
export const PasskeyAttestation = Credential.extend({
  response: z.object({
    clientDataJSON: Buffer64,
    attestationObject: Buffer64,
    transports: z.array(z.string().max(40)).max(10).optional(),
  }),
});
export const PasskeyAssertion = Credential.extend({
  response: z.object({
    clientDataJSON: Buffer64,
    authenticatorData: Buffer64,
    signature: Buffer64,
    userHandle: Buffer64.optional(),
  }),
});
export type PasskeyAttestation = z.infer<typeof PasskeyAttestation>;
export type PasskeyAssertion = z.infer<typeof PasskeyAssertion>;
/** Options for the browser, handed to it as they are. */
export const PasskeyOptions = z.object({ options: z.record(z.string(), z.unknown()) });

export const PasskeyView = z.object({
  id: z.string(),
  name: z.string(),
  /** Kept by a service on several devices. */
  synced: z.boolean(),
  createdAt: Instant,
  lastUsedAt: Instant.nullable(),
});
export type PasskeyView = z.infer<typeof PasskeyView>;

/** `GET /api/security`: how the caller signs in. */
export const SecurityView = z.object({
  /** False: through an organisation only; then nothing here can be changed. */
  password: z.boolean(),
  /** Name of the connection that made the account. */
  connection: z.string().nullable(),
  /** The provider or a tenant of this person asks for a second factor. */
  required: z.boolean(),
  /** When the authenticator app was set up. */
  totpSince: Instant.nullable(),
  recoveryCodesLeft: z.number().int(),
  passkeys: z.array(PasskeyView),
  passkeyOrigin: z.string().nullable(),
});
export type SecurityView = z.infer<typeof SecurityView>;

/** Changes to how one signs in ask for the password again: an unattended screen must not be enough. */
export const Reauthentication = z.strictObject({ password: z.string().min(1).max(1024) });
/** Shown once: the secret for the authenticator app, and the address that the QR code holds. */
export const TotpEnrolment = z.object({ secret: z.string(), uri: z.string() });
export type TotpEnrolment = z.infer<typeof TotpEnrolment>;
/** Shown once. */
export const RecoveryCodes = z.object({ codes: z.array(z.string()) });
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;
export const NewPasskey = z.strictObject({
  name: z.string().trim().min(1).max(80),
  response: PasskeyAttestation,
});
export const PasskeyName = z.strictObject({ name: z.string().trim().min(1).max(80) });

const Domain = z
  .string()
  .max(253)
  .toLowerCase()
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/,
    'a domain, like example.org',
  );
const AttributeName = z.string().min(1).max(200);
/** A group of the organisation and the role that it gives. */
export const RoleRule = z.strictObject({ group: z.string().min(1).max(256), role: RoleName });

export const OidcSettings = z.strictObject({
  kind: z.literal('oidc'),
  issuer: z.url({ protocol: /^https?$/ }).max(500),
  clientId: z.string().min(1).max(500),
  scopes: z
    .string()
    .max(500)
    .regex(/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/)
    .default('openid email profile'),
});
export const SamlSettings = z.strictObject({
  kind: z.literal('saml'),
  /** Entity id of the identity provider. */
  issuer: z.string().min(1).max(500),
  /** Where its sign-in begins (HTTP-Redirect binding). */
  entryPoint: z.url({ protocol: /^https?$/ }).max(500),
  /** Its signing certificates, PEM; several while it changes them. */
  certificates: z.array(z.string().min(64).max(20_000)).min(1).max(4),
});

/** What an administrator says of a connection. */
export const SsoConnectionInput = z.strictObject({
  name: z.string().trim().min(1).max(120),
  enabled: z.boolean().default(true),
  button: z.boolean().default(false),
  /** E-mail domains of its people; nobody with another address comes in. Named by the provider. */
  domains: z.array(Domain).max(50).default([]),
  protocol: z.discriminatedUnion('kind', [OidcSettings, SamlSettings]),
  /** OIDC: the client's secret; left out: as it was. */
  secret: z.string().min(1).max(2000).optional(),
  attributes: z
    .strictObject({ email: AttributeName, name: AttributeName, groups: AttributeName })
    .default({ email: 'email', name: 'name', groups: 'groups' }),
  /** The first that fits counts. */
  roles: z.array(RoleRule).max(100).default([]),
  /** Role of those whom no rule fits; null: they don't come in. */
  defaultRole: RoleName.nullable().default(null),
});
export type SsoConnectionInput = z.infer<typeof SsoConnectionInput>;
export const NewSsoConnection = SsoConnectionInput.extend({
  /** Null: the provider's own people. */
  tenant: Slug.nullable(),
});

export const SsoConnectionView = SsoConnectionInput.omit({ secret: true }).extend({
  id: z.string(),
  tenant: Slug.nullable(),
  hasSecret: z.boolean(),
  /** Provisioning by SCIM has a token. */
  provisioning: z.boolean(),
  createdAt: Instant,
  /** What the identity provider is told of us. */
  urls: z.object({ callback: z.string(), entityId: z.string(), scim: z.string() }),
});
export type SsoConnectionView = z.infer<typeof SsoConnectionView>;

/** `GET /api/sign-in-settings`: of one tenant, or of the provider. */
export const SignInSettings = z.object({
  tenant: Slug.nullable(),
  /** People need a second factor, or single sign-on. */
  secondFactor: z.boolean(),
  connections: z.array(SsoConnectionView),
  /** Roles that a connection here can give. */
  roles: z.array(RoleName),
});
export type SignInSettings = z.infer<typeof SignInSettings>;
export const SignInPolicy = z.strictObject({ tenant: Slug.nullable(), secondFactor: z.boolean() });
