import type {
  PasskeyAssertion,
  PasskeyAttestation,
  SECOND_FACTORS,
  SecurityView,
} from '@vigie/contracts/api';
import { SignInRefused } from './errors.ts';
import {
  assertionOptions,
  registrationOptions,
  relyingParty,
  verifyAssertion,
  verifyRegistration,
} from './passkeys.ts';
import type { FactorStore, FlowStore, SignInAccount } from './ports.ts';
import { newRecoveryCodes, newTotpSecret, plainCode, stepOf, totpUri } from './totp.ts';

type Method = (typeof SECOND_FACTORS)[number];

/** How long a step of a sign-in may take, milliseconds. */
const STEP_LIVES = 300_000;
/** Codes that may be tried in one sign-in. */
const TRIES = 5;
const MAX_PASSKEYS = 20;

/** Second factors, recovery codes and passkeys of accounts that have a password. */
export class SecondFactors {
  readonly #store: FactorStore;
  readonly #flows: FlowStore;
  readonly #publicUrl: () => string;
  readonly #now: () => number;

  constructor(options: {
    readonly store: FactorStore;
    readonly flows: FlowStore;
    readonly publicUrl: () => string;
    readonly now: () => number;
  }) {
    this.#store = options.store;
    this.#flows = options.flows;
    this.#publicUrl = options.publicUrl;
    this.#now = options.now;
  }

  /** Origin that passkeys belong to; null: none can be used here. */
  get passkeyOrigin(): string | null {
    return relyingParty(this.#publicUrl())?.origin ?? null;
  }

  /** How an account signs in. */
  async view(
    accountId: string,
    connectionName: (id: string) => Promise<string | null>,
  ): Promise<SecurityView> {
    const account = await this.#account(accountId);
    const passkeys = await this.#store.passkeys(accountId);
    return {
      password: account.hasPassword,
      connection: account.connection === null ? null : await connectionName(account.connection),
      required: account.required,
      totpSince: account.totpSince,
      recoveryCodesLeft: account.recoveryCodesLeft,
      passkeys: passkeys.map(({ id, name, synced, createdAt, lastUsedAt }) => ({
        id,
        name,
        synced,
        createdAt,
        lastUsedAt,
      })),
      passkeyOrigin: this.passkeyOrigin,
    };
  }

  /**
   * What must follow a right password: nothing, or a step for which the browser gets a token. A passkey alone asks for
   * nothing more unless a second factor is required: then the password must not be the way around it.
   */
  async afterPassword(
    accountId: string,
  ): Promise<{ readonly token: string; readonly methods: Method[]; readonly lives: number } | undefined> {
    const account = await this.#account(accountId);
    const methods: Method[] = [];
    if (account.totpSince !== null) methods.push('totp');
    if (account.passkeys > 0 && this.passkeyOrigin !== null) methods.push('passkey');
    const asked = account.totpSince !== null || (account.required && account.passkeys > 0);
    if (!asked) return undefined;
    if (account.recoveryCodesLeft > 0) methods.push('recovery');
    const { token } = await this.#flows.open({
      kind: 'second-factor',
      accountId,
      data: () => ({}),
      lives: STEP_LIVES,
    });
    return { token, methods, lives: STEP_LIVES };
  }

  /** Whose second step a token is; undefined: over, or tried too often. Counts as a try. */
  async pending(token: string): Promise<string | undefined> {
    const flow = await this.#flows.attempt(token, 'second-factor', TRIES);
    return flow?.accountId ?? undefined;
  }

  /** Whether a code is this account's, and uses it up. */
  async takeCode(accountId: string, typed: string): Promise<boolean> {
    const code = plainCode(typed);
    if (/^\d{6}$/.test(code)) {
      const totp = await this.#store.totp(accountId);
      if (totp === undefined || !totp.confirmed) return false;
      const step = stepOf(totp.secret, code, this.#now());
      return step !== undefined && this.#store.takeStep(accountId, step);
    }
    return code.length === 16 && this.#store.takeRecoveryCode(accountId, code);
  }

  /** Ends the second step. @returns false: another request has ended it */
  async finish(token: string): Promise<boolean> {
    return (await this.#flows.take(token, 'second-factor')) !== undefined;
  }

  /** Makes a secret for the authenticator app; it counts once a code of it is confirmed. @throws SignInRefused */
  async beginTotp(accountId: string): Promise<{ readonly secret: string; readonly uri: string }> {
    const account = await this.#withPassword(accountId);
    const secret = newTotpSecret();
    if (!(await this.#store.beginTotp(accountId, secret)))
      throw new SignInRefused('refused', 'an authenticator app is set up already; remove it first');
    return { secret, uri: totpUri(secret, 'Vigie', account.email) };
  }

  /** @returns ten recovery codes, in clear; undefined: the code is wrong */
  async confirmTotp(accountId: string, typed: string): Promise<string[] | undefined> {
    const totp = await this.#store.totp(accountId);
    if (totp === undefined || totp.confirmed) return undefined;
    const step = stepOf(totp.secret, plainCode(typed), this.#now());
    if (step === undefined || !(await this.#store.takeStep(accountId, step))) return undefined;
    const codes = newRecoveryCodes();
    await this.#store.confirmTotp(accountId, codes.map(plainCode));
    return codes;
  }

  async removeTotp(accountId: string): Promise<void> {
    await this.#store.removeTotp(accountId);
  }

  /** New recovery codes; those there were count no more. @throws SignInRefused without a second factor */
  async newRecoveryCodes(accountId: string): Promise<string[]> {
    const account = await this.#withPassword(accountId);
    if (account.totpSince === null && account.passkeys === 0)
      throw new SignInRefused('refused', 'recovery codes stand in for a second factor, and there is none');
    const codes = newRecoveryCodes();
    await this.#store.replaceRecoveryCodes(accountId, codes.map(plainCode));
    return codes;
  }

  /** @throws SignInRefused */
  async beginPasskey(accountId: string) {
    const account = await this.#withPassword(accountId);
    const present = await this.#store.passkeys(accountId);
    if (present.length >= MAX_PASSKEYS)
      throw new SignInRefused('refused', `there are ${MAX_PASSKEYS} passkeys already; remove one first`);
    const options = await registrationOptions(this.#party(), account, present);
    const { token } = await this.#flows.open({
      kind: 'passkey-add',
      accountId,
      data: () => ({ challenge: options.challenge }),
      lives: STEP_LIVES,
    });
    return { token, options, lives: STEP_LIVES };
  }

  /** @throws SignInRefused */
  async addPasskey(
    accountId: string,
    token: string,
    name: string,
    response: PasskeyAttestation,
  ): Promise<void> {
    const flow = await this.#flows.take<{ challenge: string }>(token, 'passkey-add');
    if (flow === undefined || flow.accountId !== accountId)
      throw new SignInRefused('expired', 'the passkey was not asked for here, or took too long');
    const verified = await verifyRegistration(this.#party(), flow.data.challenge, response);
    if (!(await this.#store.addPasskey({ ...verified, accountId, name })))
      throw new SignInRefused('refused', 'the passkey is known already');
  }

  renamePasskey(accountId: string, id: string, name: string): Promise<boolean> {
    return this.#store.renamePasskey(accountId, id, name);
  }

  removePasskey(accountId: string, id: string): Promise<boolean> {
    return this.#store.removePasskey(accountId, id);
  }

  /** Removes all second factors of somebody who has lost them. */
  reset(accountId: string): Promise<void> {
    return this.#store.reset(accountId);
  }

  /** Notes that a session, by id, has shown a second factor. */
  confirmSession(session: string): Promise<void> {
    return this.#store.confirmSession(session);
  }

  /** Begins a sign-in by passkey; names nobody. @throws SignInRefused where passkeys can't be used */
  async beginAssertion() {
    const options = await assertionOptions(this.#party());
    const { token } = await this.#flows.open({
      kind: 'passkey',
      data: () => ({ challenge: options.challenge }),
      lives: STEP_LIVES,
    });
    return { token, options, lives: STEP_LIVES };
  }

  /** @returns whose passkey it is. @throws SignInRefused, with one reason whatever was wrong */
  async assert(token: string, response: PasskeyAssertion): Promise<string> {
    const flow = await this.#flows.take<{ challenge: string }>(token, 'passkey');
    if (flow === undefined) throw new SignInRefused('expired', 'the sign-in took too long');
    const passkey = await this.#store.passkey(response.id);
    if (passkey === undefined) throw new SignInRefused('refused', 'no such passkey');
    const { userHandle } = response.response;
    // WebAuthn, section 7.2, step 6: a discoverable credential says whose it is, and must be theirs.
    if (
      userHandle === undefined ||
      Buffer.from(userHandle, 'base64url').toString('utf8') !== passkey.accountId
    )
      throw new SignInRefused('refused', 'the passkey is another account’s');
    const counter = await verifyAssertion(this.#party(), flow.data.challenge, passkey, response);
    const account = await this.#account(passkey.accountId);
    if (!account.active || !account.hasPassword)
      throw new SignInRefused('refused', 'the account takes no passkeys');
    if (!(await this.#store.usePasskey(passkey.id, counter)))
      throw new SignInRefused('refused', 'the counter of the passkey went back');
    return passkey.accountId;
  }

  #party() {
    const party = relyingParty(this.#publicUrl());
    if (party === undefined)
      throw new SignInRefused('refused', 'passkeys need https and a domain name (http.publicUrl)');
    return party;
  }

  async #account(id: string): Promise<SignInAccount> {
    const account = await this.#store.account(id);
    if (account === undefined) throw new SignInRefused('expired', 'the account is gone');
    return account;
  }

  /** Who signs in through an organisation has its second factor there: one of ours would outlive their leaving. */
  async #withPassword(id: string): Promise<SignInAccount> {
    const account = await this.#account(id);
    if (!account.hasPassword)
      throw new SignInRefused('refused', 'the account signs in through its organisation');
    return account;
  }
}
