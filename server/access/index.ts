export { type RefusalReason, SignInRefused } from './errors.ts';
export type * from './ports.ts';
export { Provisioning } from './provisioning.ts';
export { returnPath } from './return-path.ts';
export { MAX_SAML_RESPONSE } from './saml.ts';
export { RESOURCE_TYPES, ScimError, SERVICE_PROVIDER_CONFIG } from './scim.ts';
export { SecondFactors } from './second-factor.ts';
export { draftOf, SingleSignOn } from './single-sign-on.ts';
