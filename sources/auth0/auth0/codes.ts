import { type Categorisation, WHAT } from '../../kit/categorise.ts';

/**
 * Codes of Auth0's "Log Event Type Codes" by what they mean. A code that is not here is read by its first letter:
 * `s` for what succeeded, `f` for what failed.
 */
const GROUPS: readonly (readonly [what: Categorisation, good: string, bad: string])[] = [
  [
    WHAT.login,
    's scoa sens ssa ciba_start_succeeded',
    'f fc fco fcoa fens fp fu fsa pwd_leak ciba_start_failed',
  ],
  [WHAT.logout, 'slo oidc_backchannel_logout_succeeded', 'flo oidc_backchannel_logout_failed'],
  [
    WHAT.authentication,
    'seacft seccft sede seoobft seotpft sepft sercft sertft sepkoobft sepkotpft sepkrcft seacsft ciba_exchange_succeeded sdeac cs cls sv svr srrt',
    'feacft feccft fede feoobft feotpft fepft fercft ferrt fertft fepotpft fdeac fdeaz fdecc ciba_exchange_failed fn fv fvr fsb',
  ],
  [
    { category: ['authentication'], type: ['info'] },
    'gd_auth_succeed gd_auth_email_verification gd_send_sms gd_send_pn gd_send_voice gd_send_email gd_start_auth gd_start_enroll gd_tenant_update gd_update_device_account gd_module_switch gd_otp_rate_limit_exceed gd_recovery_succeed gd_webauthn_challenge_success',
    'gd_auth_failed gd_auth_rejected gd_auth_fail_email_verification gd_send_sms_failure gd_send_pn_failure gd_send_voice_failure gd_send_email_verification_failure gd_recovery_failed gd_recovery_rate_limit_exceed gd_webauthn_enrollment_failed',
  ],
  [WHAT.userCreated, 'ss sui', 'fs fui'],
  [WHAT.userDeleted, 'du sdu', 'fdu'],
  [
    WHAT.userChanged,
    'sce scp scpn scpr scu sapi_user gd_enrollment_complete gd_unenroll ublkdu ucb',
    'fce fcp fcph fcpn fcpr fcu',
  ],
  [WHAT.configurationChanged, 'sapi scpro mgmt_api_write', 'fapi fcpro'],
  [WHAT.configurationRead, 'mgmt_api_read', ''],
];

/** What attack protection and limits stopped or noticed. */
const PROTECTION: Readonly<Record<string, string>> = {
  limit_delegation: 'too many delegations',
  limit_mu: 'an address was blocked: failed sign-ins to many accounts',
  limit_sul: 'an account was blocked: too many sign-ins',
  limit_wc: 'an account was blocked: too many failed sign-ins from one address',
  limit_ui: 'too many calls of the user information',
  pwd_leak: 'a leaked password was used',
  signup_pwd_leak: 'a leaked password was chosen at sign-up',
  reset_pwd_leak: 'a leaked password was chosen at a reset',
  pla: 'a sign-in was assessed before it began',
  mfar: 'a second factor was asked for',
  api_limit: 'too many calls of an API',
};

const BY_CODE = new Map<string, Categorisation>();
for (const [what, good, bad] of GROUPS) {
  for (const code of good.split(' ')) if (code !== '') BY_CODE.set(code, { ...what, outcome: 'success' });
  for (const code of bad.split(' ')) if (code !== '') BY_CODE.set(code, { ...what, outcome: 'failure' });
}

/** What an event of this code means; `known` is false where only its first letter spoke. */
export function meaningOf(code: string): { readonly what: Categorisation; readonly known: boolean } {
  const found = BY_CODE.get(code);
  if (found !== undefined) return { what: found, known: true };
  if (isProtection(code))
    return { what: { category: ['authentication', 'intrusion_detection'], type: ['denied'] }, known: true };
  if (!/^[fs]/.test(code)) return { what: WHAT.hostInfo, known: false };
  const outcome = code.startsWith('f') ? 'failure' : code.startsWith('s') ? 'success' : undefined;
  return { what: { ...WHAT.authentication, ...(outcome === undefined ? {} : { outcome }) }, known: false };
}

/** Whether the code is an alarm of attack protection. */
export function isProtection(code: string): boolean {
  return Object.hasOwn(PROTECTION, code) && code !== 'mfar' && code !== 'pla';
}

/** What attack protection says with the code. */
export function protectionReason(code: string): string | undefined {
  return Object.hasOwn(PROTECTION, code) ? PROTECTION[code] : undefined;
}
