import type { SecurityView, SessionView, SsoConnectionView } from '@vigie/contracts/api';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { type Forgery, ForgingProvider, OpenIdProvider } from '../support/oidc-provider.ts';
import { SamlProvider, type Statement } from '../support/saml-provider.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';
import { Visitor } from '../support/visitor.ts';

const CLIENT_SECRET = 'a-client-secret-that-nobody-may-see';

let vigie: Vigie;
let openId: OpenIdProvider;
let forging: ForgingProvider;

beforeAll(async () => {
  [openId, forging] = await Promise.all([OpenIdProvider.start(), ForgingProvider.start()]);
  const hosts = [openId, forging].map(({ issuer }) => new URL(issuer).host);
  vigie = await Vigie.start({ config: { pull: { allowHosts: hosts } } });
  await vigie.addTenant('hospital');
  await vigie.addTenant('harbour');
});
afterAll(async () => {
  await Promise.all([vigie?.remove(), openId?.close(), forging?.close()]);
});

/** Makes an account with a password of its own. */
async function person(email: string, tenants: readonly string[] | null, role = 'client-reader') {
  const password = `${email} has a long password`;
  await vigie.api.ok('POST', '/api/users', { email, name: email, role, tenants, password });
  return { email, password };
}

async function signedIn(credentials: { email: string; password: string }): Promise<Visitor> {
  const visitor = new Visitor(vigie.run.url);
  expect((await visitor.call('POST', '/api/session', credentials)).status).toBe(200);
  return visitor;
}

/** A code of the authenticator app, `steps` of 30 seconds from now. */
const codeOf = (uri: string, steps = 0) =>
  new TOTP(totpOf(uri)).generate({ timestamp: Date.now() + steps * 30_000 });

function totpOf(uri: string) {
  const { searchParams } = new URL(uri);
  return { secret: searchParams.get('secret')! };
}

describe('second factor', () => {
  let owner: { email: string; password: string };
  let uri: string;
  let codes: string[];

  test('setting one up asks for the password and a code, and ends the other sessions', async () => {
    owner = await person('totp@example.org', ['harbour']);
    const [here, elsewhere] = [await signedIn(owner), await signedIn(owner)];
    const begin = (password: string) =>
      here.call<{ uri: string }>('POST', '/api/security/totp', { password });
    expect((await begin('not it')).status).toBe(400);
    const begun = await begin(owner.password);
    expect(begun.status).toBe(200);
    uri = begun.body.uri;
    const confirm = (code: string) =>
      here.call<{ codes: string[] }>('POST', '/api/security/totp/confirm', { code });
    expect((await confirm('000000')).status).toBe(400);
    const confirmed = await confirm(codeOf(uri, -1));
    expect(confirmed.status).toBe(200);
    codes = confirmed.body.codes;
    expect(new Set(codes).size).toBe(10);
    expect((await here.call('GET', '/api/session')).status).toBe(200);
    expect((await elsewhere.call('GET', '/api/session')).status).toBe(401);
    // The secret is shown once: nothing tells it again, and another can't be put in its place.
    expect(JSON.stringify((await here.call('GET', '/api/security')).body)).not.toContain(totpOf(uri).secret);
    expect((await begin(owner.password)).status).toBe(400);
  });

  test('a password alone opens nothing, a code opens once (replay)', async () => {
    const code = codeOf(uri);
    const first = new Visitor(vigie.run.url);
    const asked = await first.call('POST', '/api/session', owner);
    expect(asked).toMatchObject({
      status: 202,
      body: { next: 'second-factor', methods: ['totp', 'recovery'] },
    });
    expect(first.cookie('vigie_session')).toBeUndefined();
    expect((await first.call('GET', '/api/session')).status).toBe(401);
    expect((await first.call('POST', '/api/sign-in/second-factor', { code: '123456' })).status).toBe(401);
    expect((await first.call('POST', '/api/sign-in/second-factor', { code })).status).toBe(200);
    expect((await first.call('GET', '/api/session')).status).toBe(200);

    const second = new Visitor(vigie.run.url);
    await second.call('POST', '/api/session', owner);
    expect((await second.call('POST', '/api/sign-in/second-factor', { code })).status).toBe(401);
    const recovery = codes[0]!.toUpperCase();
    expect((await second.call('POST', '/api/sign-in/second-factor', { code: recovery })).status).toBe(200);
    const third = new Visitor(vigie.run.url);
    await third.call('POST', '/api/session', owner);
    expect((await third.call('POST', '/api/sign-in/second-factor', { code: recovery })).status).toBe(401);
    expect((await second.call<SecurityView>('GET', '/api/security')).body.recoveryCodesLeft).toBe(9);
    const remove = (password: string) => second.call('POST', '/api/security/totp/remove', { password });
    expect((await remove('not it')).status).toBe(400);
    expect((await remove(owner.password)).status).toBe(204);
    expect((await new Visitor(vigie.run.url).call('POST', '/api/session', owner)).status).toBe(200);
  });

  test('guessing codes is slowed down by account, also over many sign-ins', async () => {
    const victim = await person('guessed@example.org', ['harbour']);
    const visitor = await signedIn(victim);
    const { body } = await visitor.call<{ uri: string }>('POST', '/api/security/totp', {
      password: victim.password,
    });
    await visitor.call('POST', '/api/security/totp/confirm', { code: codeOf(body.uri, -1) });
    const answers: number[] = [];
    for (let n = 0; n < 3; n++) {
      const guesser = new Visitor(vigie.run.url);
      await guesser.call('POST', '/api/session', victim);
      for (let guess = 0; guess < 3; guess++) {
        const code = String(n * 10 + guess).padStart(6, '0');
        answers.push((await guesser.call('POST', '/api/sign-in/second-factor', { code })).status);
      }
    }
    expect(answers.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(answers.slice(5)).toEqual([429, 429, 429, 429]);
    // A thief of the password does not lock its person out: their own browser is known.
    expect((await visitor.call('POST', '/api/session', victim)).status).toBe(202);
    expect((await visitor.call('POST', '/api/sign-in/second-factor', { code: '000000' })).status).toBe(401);
    expect(
      (await visitor.call('POST', '/api/sign-in/second-factor', { code: codeOf(body.uri) })).status,
    ).toBe(200);
  });

  test('where one is required, nothing comes before setting it up', async () => {
    const guard = await person('required@example.org', ['hospital']);
    const before = await signedIn(guard);
    await vigie.api.ok('PUT', '/api/sign-in-settings', { tenant: 'hospital', secondFactor: true });
    const led = await before.call<SessionView>('GET', '/api/session');
    expect(led.body.mustEnrol).toBe(true);
    expect(await before.call('GET', '/api/incidents')).toMatchObject({
      status: 403,
      body: { error: { code: 'VIGIE_API_SECOND_FACTOR' } },
    });
    const { body } = await before.call<{ uri: string }>('POST', '/api/security/totp', {
      password: guard.password,
    });
    expect((await before.call('POST', '/api/security/totp/confirm', { code: codeOf(body.uri) })).status).toBe(
      200,
    );
    expect((await before.call('GET', '/api/incidents')).status).toBe(200);
    // Who loses the device is helped by an administrator, and is led to a new one.
    await vigie.api.ok('DELETE', '/api/users/required@example.org/second-factors');
    expect((await before.call('GET', '/api/session')).status).toBe(401);
    const again = await signedIn(guard);
    expect((await again.call('GET', '/api/incidents')).status).toBe(403);
    await vigie.api.ok('PUT', '/api/sign-in-settings', { tenant: 'hospital', secondFactor: false });
    expect((await again.call('GET', '/api/incidents')).status).toBe(200);
  });
});

const OIDC = (issuer: string) => ({ kind: 'oidc', issuer, clientId: 'vigie' });

function connect(tenant: string | null, more: object): Promise<SsoConnectionView> {
  return vigie.api.ok<SsoConnectionView>('POST', '/api/sign-in-connections', {
    tenant,
    name: `Sign-in of ${tenant ?? 'the provider'}`,
    secret: CLIENT_SECRET,
    ...more,
  });
}

const start = (connection: { id: string }, back?: string) =>
  `/api/sign-in/sso/${connection.id}/start${back === undefined ? '' : `?return=${encodeURIComponent(back)}`}`;
const path = (url: string) => url.slice(vigie.run.url.length);

describe('OpenID Connect, with a real provider', () => {
  let connection: SsoConnectionView;

  beforeAll(async () => {
    connection = await connect('harbour', {
      protocol: OIDC(openId.issuer),
      domains: ['port.example.org'],
      roles: [{ group: 'watch', role: 'client-responder' }],
      defaultRole: 'client-reader',
    });
    openId.serve({ id: 'vigie', secret: CLIENT_SECRET, redirectUri: connection.urls.callback });
  });

  test('a person comes in, is known again, and has the role of their group at their tenant alone', async () => {
    expect(await vigie.api.ok('POST', `/api/sign-in-connections/${connection.id}/check`)).toMatchObject({
      ok: true,
    });
    openId.person = { sub: 'p-1', email: 'Pia@Port.example.org', email_verified: true, name: 'Pia Quay' };
    const visitor = new Visitor(vigie.run.url);
    const page = await visitor.open(
      start(connection, '/incidents?status=all'),
      (to) => !to.includes('/incidents'),
    );
    expect(page.location).toBe(`${vigie.run.url}/incidents?status=all`);
    const first = await visitor.call<SessionView>('GET', '/api/session');
    expect(first.body).toMatchObject({
      user: { email: 'pia@port.example.org', name: 'Pia Quay', role: 'client-reader' },
      tenants: [{ id: 'harbour' }],
      provider: false,
    });
    openId.person = { ...openId.person, groups: ['watch'] };
    const again = new Visitor(vigie.run.url);
    await again.open(start(connection));
    const second = await again.call<SessionView>('GET', '/api/session');
    expect(second.body.user).toMatchObject({ id: first.body.user.id, role: 'client-responder' });
    // It has no password, and no way to get factors here that would outlive the organisation's.
    expect((await again.call<SecurityView>('GET', '/api/security')).body).toMatchObject({
      password: false,
      connection: connection.name,
    });
    expect((await again.call('POST', '/api/security/totp', { password: 'x' })).status).toBe(400);
  });

  test('a return path to another site leads to our first page (open redirect)', async () => {
    for (const evil of [
      '//evil.example.org',
      'https://evil.example.org/',
      '/\\evil.example.org',
      '/%09/evil',
      '\t//evil.example.org',
      '/api/session',
    ]) {
      const visitor = new Visitor(vigie.run.url);
      const page = await visitor.open(
        start(connection, evil),
        (to) => !to.startsWith(vigie.run.url) || to.includes('/api/sign-in'),
      );
      expect(new URL(page.location!).origin, evil).toBe(vigie.run.url);
      expect(new URL(page.location!).pathname, evil).toMatch(/^\/(%09\/evil)?$/);
    }
  });

  test('a callback of another browser signs nobody in (login CSRF), a planted session stays no session (fixation)', async () => {
    const attacker = new Visitor(vigie.run.url);
    const callback = await attacker.open(start(connection), (to) => !to.includes('/callback'));
    const victim = new Visitor(vigie.run.url);
    victim.setCookie('vigie_session', 'vses_planted');
    const refused = await victim.open(callback.location!, () => false);
    expect(path(refused.location!)).toBe('/?sign-in=expired');
    await victim.open(start(connection));
    expect(victim.cookie('vigie_session')).toMatch(/^vses_(?!planted)/);
    expect((await victim.call('GET', '/api/session')).status).toBe(200);
    // Another state than the one that this browser was given.
    const other = new Visitor(vigie.run.url);
    const own = await other.open(start(connection), (to) => !to.includes('/callback'));
    const changed = own.location!.replace(/state=[^&]+/, 'state=guessed');
    expect(path((await other.open(changed, () => false)).location!)).toBe('/?sign-in=refused');
    // The flow is over with that, also for the right state.
    expect(path((await other.open(own.location!, () => false)).location!)).toBe('/?sign-in=expired');
  });

  test('an e-mail address opens no account that is not bound to the subject (takeover)', async () => {
    await person('pat@port.example.org', ['harbour'], 'client-administrator');
    for (const claims of [
      { email: 'pat@port.example.org' },
      { email: ADMINISTRATOR.email },
      { email: 'someone@elsewhere.example.org' },
      { email: 'new@port.example.org', email_verified: false },
      {},
    ]) {
      openId.person = { sub: `thief of ${claims.email}`, name: 'Thief', ...claims };
      const visitor = new Visitor(vigie.run.url);
      const page = await visitor.open(start(connection), (to) => !to.includes('sign-in='));
      expect(path(page.location!), claims.email).toBe('/?sign-in=no-access');
      expect(visitor.cookie('vigie_session')).toBeUndefined();
    }
  });

  test('a connection that is switched off lets nobody go on, neither by session nor by key', async () => {
    openId.person = { sub: 'p-9', email: 'otto@port.example.org', name: 'Otto', groups: ['boss'] };
    const { id, tenant, hasSecret, provisioning, createdAt, urls, ...input } = connection;
    expect([id, tenant, hasSecret, provisioning, createdAt, urls]).toHaveLength(6);
    const put = (more: object) =>
      vigie.api.ok('PUT', `/api/sign-in-connections/${id}`, {
        ...input,
        roles: [{ group: 'boss', role: 'client-administrator' }, ...input.roles],
        ...more,
      });
    await put({});
    const visitor = new Visitor(vigie.run.url);
    await visitor.open(start(connection));
    const made = await visitor.call<{ secret: string }>('POST', '/api/keys', { name: 'Otto’s' });
    expect(made.status).toBe(201);
    const key = new Api(vigie.run.url, made.body.secret);
    const stream = await visitor.stream('/api/stream');
    const both = async () => [
      (await visitor.call('GET', '/api/tenants')).status,
      (await key.call('GET', '/api/tenants')).status,
    ];
    expect(await both()).toEqual([200, 200]);
    await put({ enabled: false });
    expect(await both()).toEqual([401, 401]);
    // What stayed open ends, too.
    await stream.text();
    await put({});
    expect((await key.call('GET', '/api/tenants')).status).toBe(200);
  });

  test('the sign-in page learns of domains, never of accounts', async () => {
    const visitor = new Visitor(vigie.run.url);
    const discover = async (email: string) =>
      (await visitor.call('POST', '/api/sign-in/discover', { email })).body;
    expect(await discover('nobody@port.example.org')).toEqual({
      choice: { id: connection.id, name: connection.name },
    });
    expect(await discover(ADMINISTRATOR.email)).toEqual(await discover('nobody@vigie.local'));
    expect((await visitor.call('GET', '/api/sign-in')).body).toMatchObject({ emailFirst: true, choices: [] });
  });
});

describe('OpenID Connect, with a forging provider', () => {
  let connection: SsoConnectionView;

  beforeAll(async () => {
    connection = await connect(null, {
      protocol: OIDC(forging.issuer),
      domains: ['forge.example.org'],
      roles: [{ group: 'soc', role: 'analyst' }],
    });
  });

  async function attempt(forgery: Forgery): Promise<string> {
    forging.forgery = forgery;
    const visitor = new Visitor(vigie.run.url);
    const page = await visitor.open(start(connection), (to) => !/sign-in=|\/$/.test(to));
    expect(visitor.cookie('vigie_session') === undefined).toBe(page.location!.includes('sign-in='));
    return path(page.location!);
  }

  test('a right token comes in, a forged one does not', async () => {
    expect(await attempt({})).toBe('/');
    const past = Math.floor(Date.now() / 1000) - 3600;
    const forgeries: Record<string, Forgery> = {
      'wrong audience': { claims: { aud: 'another-client' } },
      'wrong issuer': { claims: { iss: 'https://idp.example.org' } },
      expired: { claims: { iat: past, exp: past + 60 } },
      unsigned: { unsigned: true },
      'a key that is not published': { otherKey: true },
      'another nonce (replay)': { claims: { nonce: 'of another sign-in' } },
    };
    for (const [what, forgery] of Object.entries(forgeries))
      expect(await attempt(forgery), what).toBe('/?sign-in=refused');
  });
});

describe('SAML', () => {
  const idp = new SamlProvider();
  let connection: SsoConnectionView;

  beforeAll(async () => {
    connection = await connect('hospital', {
      protocol: {
        kind: 'saml',
        issuer: idp.issuer,
        entryPoint: idp.entryPoint,
        certificates: [idp.certificate],
      },
      domains: ['hospital.example.org'],
      roles: [{ group: 'it', role: 'client-responder' }],
      secret: undefined,
    });
  });

  async function ask(visitor = new Visitor(vigie.run.url)) {
    const sent = await visitor.open(start(connection, '/sources'), () => false);
    return { visitor, question: idp.question(sent.location!) };
  }

  /** Posts the answer and goes on to the end. @returns path of the page where it ends */
  async function post(visitor: Visitor, SAMLResponse: string, more: Readonly<Record<string, string>> = {}) {
    const posted = await visitor.post(connection.urls.callback, { SAMLResponse, ...more });
    if (!posted.location!.endsWith('/finish')) return path(posted.location!);
    return path((await visitor.open(posted.location!, (to) => to.endsWith('/finish'))).location!);
  }

  test('a signed answer to our question comes in; RelayState leads nowhere (open redirect)', async () => {
    const { visitor, question } = await ask();
    expect(await post(visitor, idp.answer(question), { RelayState: 'https://evil.example.org/' })).toBe(
      '/sources',
    );
    expect((await visitor.call<SessionView>('GET', '/api/session')).body).toMatchObject({
      user: { email: 'ann@hospital.example.org', name: 'Ann Ward', role: 'client-responder' },
      tenants: [{ id: 'hospital' }],
    });
    const metadata = await visitor.open(connection.urls.entityId);
    expect(metadata.body).toContain(connection.urls.callback);
  });

  test.each<[string, Statement]>([
    ['another audience', { audience: 'https://other.example.org' }],
    ['another recipient', { recipient: 'https://other.example.org/acs' }],
    ['another issuer', { issuer: 'https://other.example.org' }],
    ['expired', { endsIn: -300_000 }],
    ['no question in what is signed', { inResponseTo: '' }],
    ['a question that we never asked', { inResponseTo: `_${'0'.repeat(64)}` }],
  ])('refused, though signed: %s', async (_what, statement) => {
    const { visitor, question } = await ask();
    expect(await post(visitor, idp.answer(question, statement))).toBe('/?sign-in=refused');
    expect(visitor.cookie('vigie_session')).toBeUndefined();
  });

  test('refused: unsigned, signed weakly, by another, with a document type, unasked', async () => {
    const { visitor, question } = await ask();
    const assertion = idp.assertion(question);
    const dtd = Buffer.from(
      `<!DOCTYPE x [<!ENTITY e "x">]>${Buffer.from(idp.answer(question), 'base64')}`,
    ).toString('base64');
    for (const [what, response] of Object.entries({
      unsigned: idp.response(question, assertion),
      weak: idp.response(question, idp.sign(assertion, 'rsa-sha1')),
      other: new SamlProvider().answer(question),
      dtd,
      unasked: idp.response(question, idp.sign(assertion), ''),
      nonsense: 'PHg+',
    }))
      expect(await post(visitor, response), what).toBe('/?sign-in=refused');
    // None of them used the question up.
    expect(await post(visitor, idp.answer(question))).toBe('/sources');
  });

  test('refused: a changed assertion around or beside the signed one (XML signature wrapping)', async () => {
    const { visitor, question } = await ask();
    const signed = idp.sign(idp.assertion(question));
    const [signature = ''] = /<(?:ds:)?Signature[\s\S]*<\/(?:ds:)?Signature>/.exec(signed) ?? [];
    const [id = ''] = /ID="[^"]+"/.exec(signed) ?? [];
    const bare = signed.replace(signature, '');
    const evil = idp.assertion(question, {
      nameId: 'root',
      groups: ['it'],
      email: 'root@hospital.example.org',
    });
    const sameId = evil.replace(/ID="[^"]+"/, id);
    const inside = (content: string) => evil.replace('</saml:Issuer>', `</saml:Issuer>${content}`);
    const wrapped = {
      'evil first': evil + signed,
      'evil last': signed + evil,
      'evil with the signature of the other': inside(signature),
      'evil around the signed one': inside(
        signature.replace(/<\/(?:ds:)?Signature>/, `<Object>${bare}</Object>$&`),
      ),
      'evil under the same id': inside(signature).replace(/ID="[^"]+"/, id) + bare,
      'signed one in an extension': `<samlp:Extensions>${signed}</samlp:Extensions>${sameId}`,
      'a changed value': signed.replace('ann@', 'root@'),
    };
    for (const [what, content] of Object.entries(wrapped))
      expect(await post(visitor, idp.response(question, content)), what).toBe('/?sign-in=refused');
    // A comment in a value must not cut it: what was signed is what counts.
    const commented = signed.replace('>u-1<', '>u-<!-- x -->1<');
    const result = await post(visitor, idp.response(question, commented));
    if (result === '/sources') {
      const { body } = await visitor.call<SessionView>('GET', '/api/session');
      expect(body.user.email).toBe('ann@hospital.example.org');
    } else expect(result).toBe('/?sign-in=refused');
  });

  test('refused: an answer used before (replay), stolen for another question, or of another browser', async () => {
    const { visitor, question } = await ask();
    const answer = idp.answer(question);
    expect(await post(visitor, answer)).toBe('/sources');
    expect(await post(visitor, answer)).toBe('/?sign-in=refused');
    // The envelope is not signed: a thief can name their own question on it, but not in the assertion.
    const thief = await ask();
    const { question: other } = await ask();
    const stolen = idp.sign(idp.assertion(other));
    expect(await post(thief.visitor, idp.response(thief.question, stolen))).toBe('/?sign-in=refused');
    // A right answer to one browser's question, brought by another one, which has begun a sign-in of its own.
    const victim = await ask();
    expect(await post(victim.visitor, idp.answer(other))).toBe('/?sign-in=expired');
    expect(victim.visitor.cookie('vigie_session')).toBeUndefined();
  });
});

describe('settings', () => {
  let ours: SsoConnectionView;

  beforeAll(async () => {
    ours = await connect('harbour', {
      protocol: OIDC('https://idp.example.org'),
      domains: ['quay.example.org'],
    });
  });

  test('the secret is never shown, and goes to no other issuer', async () => {
    expect(JSON.stringify(ours)).not.toContain(CLIENT_SECRET);
    expect(ours.hasSecret).toBe(true);
    const { id, tenant, hasSecret, provisioning, createdAt, urls, ...input } = ours;
    expect([tenant, hasSecret, provisioning, createdAt > 0, urls.scim.length > 0]).toContain(true);
    const put = (protocol: object) =>
      vigie.api.ok<SsoConnectionView>('PUT', `/api/sign-in-connections/${id}`, { ...input, protocol });
    expect((await put(OIDC('https://idp.example.org'))).hasSecret).toBe(true);
    expect((await put(OIDC('https://evil.example.org'))).hasSecret).toBe(false);
  });

  test('a tenant’s administrator: no domains, no connection of others, none of the provider', async () => {
    const stranger = await vigie.keyFor('client-administrator', ['hospital']);
    const draft = { tenant: 'hospital', name: 'Own', protocol: OIDC('https://idp.example.org') };
    const made = await stranger.call<SsoConnectionView>('POST', '/api/sign-in-connections', draft);
    expect(made.status).toBe(201);
    const withDomain = { ...draft, domains: ['vigie.example.org'] };
    expect((await stranger.call('POST', '/api/sign-in-connections', withDomain)).status).toBe(403);
    expect((await stranger.call('POST', '/api/sign-in-connections', { ...draft, tenant: null })).status).toBe(
      403,
    );
    // A client's identity provider gives a client's roles, whoever sets it up.
    const beyond = { ...draft, defaultRole: 'analyst' };
    expect((await stranger.call('POST', '/api/sign-in-connections', beyond)).status).toBe(403);
    expect((await vigie.api.call('POST', '/api/sign-in-connections', beyond)).status).toBe(403);
    expect(
      (await stranger.call('POST', '/api/sign-in-connections', { ...draft, tenant: 'harbour' })).status,
    ).toBe(404);
    for (const [method, what] of [
      ['DELETE', ''],
      ['POST', '/check'],
      ['POST', '/scim-token'],
      ['DELETE', '/scim-token'],
    ] as const)
      expect((await stranger.call(method, `/api/sign-in-connections/${ours.id}${what}`)).status).toBe(404);
    expect((await stranger.call('GET', '/api/sign-in-settings?tenant=harbour')).status).toBe(404);
    expect((await stranger.call('GET', '/api/sign-in-settings')).status).toBe(403);
    expect(
      (
        await vigie.api.call('POST', '/api/sign-in-connections', {
          ...withDomain,
          domains: ['quay.example.org'],
        })
      ).status,
    ).toBe(409);
  });

  test('an issuer beside us is not called (SSRF)', async () => {
    const inward = await connect('harbour', { protocol: OIDC(vigie.run.url) });
    const { ok, detail } = await vigie.api.ok<{ ok: boolean; detail: string }>(
      'POST',
      `/api/sign-in-connections/${inward.id}/check`,
    );
    expect(ok).toBe(false);
    expect(detail).toMatch(/not https|not a public address/);
  });
});

describe('provisioning (SCIM)', () => {
  const user = (userName: string, more: object = {}) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    displayName: 'Sam Dock',
    ...more,
  });
  let connection: SsoConnectionView;
  let token: string;

  async function scim<T = Record<string, unknown>>(
    method: string,
    at: string,
    body?: object,
    bearer = token,
  ) {
    const response = await fetch(`${vigie.run.url}/scim/v2${at}`, {
      method,
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
  }

  beforeAll(async () => {
    connection = await connect('harbour', {
      protocol: OIDC(forging.issuer),
      domains: ['dock.example.org'],
      roles: [{ group: 'soc', role: 'client-responder' }],
      defaultRole: 'client-reader',
    });
    ({ token } = await vigie.api.ok<{ token: string }>(
      'POST',
      `/api/sign-in-connections/${connection.id}/scim-token`,
    ));
  });

  test('an account is made, found, changed, and ends with its sessions when it is switched off', async () => {
    const made = await scim<{ id: string }>(
      'POST',
      '/Users',
      user('sam@dock.example.org', { externalId: 'e-1' }),
    );
    expect(made).toMatchObject({ status: 201, body: { userName: 'sam@dock.example.org', active: true } });
    const { id } = made.body;
    expect((await scim('POST', '/Users', user('sam@dock.example.org'))).status).toBe(409);
    expect((await scim('POST', '/Users', user('sam@elsewhere.example.org'))).status).toBe(400);
    const found = await scim(
      'GET',
      `/Users?filter=${encodeURIComponent('userName eq "Sam@dock.example.org"')}`,
    );
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id, externalId: 'e-1' }] });
    expect((await scim('GET', `/Users?filter=${encodeURIComponent('name co "x"')}`)).status).toBe(400);

    // The first sign-in by the same connection binds the account that it provisioned.
    forging.forgery = { claims: { sub: 's-1', email: 'sam@dock.example.org' } };
    const visitor = new Visitor(vigie.run.url);
    await visitor.open(start(connection), (to) => !to.endsWith('/'));
    expect((await visitor.call<SessionView>('GET', '/api/session')).body.user).toMatchObject({
      id,
      role: 'client-responder',
    });

    const off = await scim('PATCH', `/Users/${id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'Replace', path: 'active', value: 'False' }],
    });
    expect(off).toMatchObject({ status: 200, body: { active: false } });
    expect((await visitor.call('GET', '/api/session')).status).toBe(401);
    const refused = await visitor.open(start(connection), (to) => !to.includes('sign-in='));
    expect(path(refused.location!)).toBe('/?sign-in=no-access');

    const replaced = await scim(
      'PUT',
      `/Users/${id}`,
      user('samuel@dock.example.org', { displayName: 'Samuel' }),
    );
    expect(replaced.body).toMatchObject({
      userName: 'samuel@dock.example.org',
      displayName: 'Samuel',
      active: true,
    });
    expect((await scim('DELETE', `/Users/${id}`)).status).toBe(204);
    expect((await scim('GET', `/Users/${id}`)).status).toBe(404);
  });

  test('a token reaches the accounts of its own connection and no others (IDOR)', async () => {
    const { items } = await vigie.api.get<{ items: { id: string; email: string }[] }>('/api/users');
    const administrator = items.find(({ email }) => email === ADMINISTRATOR.email)!;
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', user('sam@dock.example.org')],
      [
        'PATCH',
        {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
          Operations: [{ op: 'replace', value: { active: false } }],
        },
      ],
      ['DELETE', undefined],
    ] as const)
      expect((await scim(method, `/Users/${administrator.id}`, body)).status).toBe(404);
    expect((await scim('GET', '/Users')).body).toMatchObject({ totalResults: 0 });
    expect((await scim('GET', '/Users', undefined, 'vscim_forged')).status).toBe(401);
    expect((await scim('GET', '/Users', undefined, vigie.run.key)).status).toBe(401);
    // Nor may a directory give itself more than the connection's rules (mass assignment).
    const made = await scim<{ id: string }>(
      'POST',
      '/Users',
      user('mole@dock.example.org', {
        role: 'provider-administrator',
        tenants: null,
        roles: [{ value: 'provider-administrator' }],
      }),
    );
    const after = await vigie.api.get<{ items: { id: string; role: string; tenants: string[] }[] }>(
      '/api/users',
    );
    expect(after.items.find(({ id }) => id === made.body.id)).toMatchObject({
      role: 'client-reader',
      tenants: ['harbour'],
    });
  });
});

test('the log holds no secret, no token, no code', () => {
  expect(vigie.output).toContain('sign-in refused');
  expect(vigie.output).not.toMatch(/vses_|vscim_|an-access-token|a-code|eyJ[A-Za-z0-9]/);
  expect(vigie.output).not.toContain(CLIENT_SECRET);
});
