import { request } from 'node:http';
import type {
  ApiKeyView,
  Role,
  ServiceAccountView,
  SessionView,
  SignedInView,
  UserView,
} from '@vigie/contracts/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

const PASSWORD = 'seven ropes on a quay';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

let vigie: Vigie;
beforeAll(async () => {
  vigie = await Vigie.start({ config: { http: { publicUrl: 'https://vigie.example.org' } } });
  await vigie.addTenant('acme');
  await vigie.addTenant('globex');
});
afterAll(() => vigie?.remove());

interface Answer<T = unknown> {
  readonly status: number;
  readonly body: T;
  /** Cookies that were set, by name. */
  readonly set: Readonly<Record<string, string>>;
}

/** A browser: keeps its cookies, and calls from an address of the loopback network. */
class Browser {
  readonly #address: string;
  cookies: Record<string, string> = {};

  constructor(address = '127.0.0.1') {
    this.#address = address;
  }

  call<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? '' : JSON.stringify(body);
      const call = request(vigie.run.url + path, {
        method,
        localAddress: this.#address,
        headers: {
          cookie: Object.entries(this.cookies)
            .map(([name, value]) => `${name}=${value}`)
            .join('; '),
          'user-agent': FIREFOX,
          'sec-fetch-site': 'same-origin',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
      });
      call.on('error', reject);
      call.on('response', (answer) => {
        let got = '';
        answer.setEncoding('utf8').on('data', (part: string) => (got += part));
        answer.on('end', () => {
          const set = Object.fromEntries(
            (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]!.split('=', 2)),
          ) as Record<string, string>;
          Object.assign(this.cookies, set);
          resolve({ status: answer.statusCode!, body: (got === '' ? null : JSON.parse(got)) as T, set });
        });
      });
      call.end(text);
    });
  }

  signIn(email: string, password = PASSWORD): Promise<Answer<SessionView>> {
    return this.call<SessionView>('POST', '/api/session', { email, password });
  }
}

let people = 0;
/** A new person, and a browser in which they are signed in. */
async function person(role: Role, tenants: string[] | null, address?: string) {
  const email = `p${++people}@example.org`;
  await vigie.api.ok('POST', '/api/users', { email, name: `P${people}`, role, tenants, password: PASSWORD });
  const browser = new Browser(address);
  const { status, body } = await browser.signIn(email);
  expect(status).toBe(200);
  return { email, browser, id: body.user.id, path: `/api/users/${email}` };
}

const code = (answer: { body: unknown }) => (answer.body as { error?: { code: string } }).error?.code;

describe('sessions', () => {
  test('session fixation: a token that was there before the sign-in is worth nothing after it', async () => {
    const { email } = await person('analyst', null);
    const browser = new Browser();
    browser.cookies = { vigie_session: 'vses_planted-by-somebody-else', vigie_device: 'vdev_planted' };
    const { set } = await browser.signIn(email);
    expect(set['vigie_session']).toMatch(/^vses_[\w-]{43}$/);
    expect(set['vigie_device']).toMatch(/^vdev_[\w-]{43}$/);
    const planted = new Browser();
    planted.cookies = { vigie_session: 'vses_planted-by-somebody-else' };
    expect((await planted.call('GET', '/api/session')).status).toBe(401);

    // The attacker's own, valid session in the victim's browser does not become the victim's.
    const attacker = await person('client-reader', ['acme']);
    const victim = new Browser();
    victim.cookies = { ...attacker.browser.cookies };
    await victim.signIn(email);
    expect(victim.cookies['vigie_session']).not.toBe(attacker.browser.cookies['vigie_session']);
    expect((await attacker.browser.call('GET', '/api/session')).status).toBe(401);
  });

  test('are listed and ended one by one, or all others; nobody ends somebody else’s (IDOR)', async () => {
    const anna = await person('analyst', null);
    const [phone, tablet] = [new Browser('127.0.0.7'), new Browser()];
    await phone.signIn(anna.email);
    await tablet.signIn(anna.email);
    const list = async () =>
      (await anna.browser.call<{ items: SignedInView[] }>('GET', '/api/sessions')).body.items;
    expect(await list()).toHaveLength(3);
    expect((await list()).filter(({ current }) => current)).toHaveLength(1);
    const onPhone = (await list()).find(({ address }) => address === '127.0.0.7')!;
    expect(onPhone).toMatchObject({ client: 'Firefox on Linux', current: false });
    expect(onPhone.endsAt - onPhone.since).toBe(12 * 3_600_000);
    expect(JSON.stringify(await list())).not.toMatch(/vses_|vdev_/);

    const bram = await person('client-reader', ['acme']);
    expect((await bram.browser.call('DELETE', `/api/sessions/${onPhone.id}`)).status).toBe(404);
    expect((await phone.call('GET', '/api/session')).status).toBe(200);
    expect((await anna.browser.call('DELETE', `/api/sessions/${onPhone.id}`)).status).toBe(204);
    expect((await phone.call('GET', '/api/session')).status).toBe(401);
    expect((await tablet.call('GET', '/api/session')).status).toBe(200);
    expect((await anna.browser.call('DELETE', '/api/sessions')).body).toEqual({ ended: 1 });
    expect((await tablet.call('GET', '/api/session')).status).toBe(401);
    expect((await anna.browser.call('GET', '/api/session')).status).toBe(200);
  });

  test('travel over TLS only where people come in by TLS', async () => {
    const answer = await fetch(`${vigie.run.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ADMINISTRATOR),
    });
    const cookies = answer.headers.getSetCookie();
    expect(cookies).toHaveLength(2);
    for (const cookie of cookies) expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; .*; Secure$/);
  });

  test('end when the password changes, but for the one that changed it', async () => {
    const anna = await person('analyst', null);
    const other = new Browser();
    await other.signIn(anna.email);
    const next = 'eight ropes on a quay';
    const change = await anna.browser.call('POST', '/api/session/password', { current: PASSWORD, next });
    expect(change.status).toBe(204);
    expect((await other.call('GET', '/api/session')).status).toBe(401);
    expect((await anna.browser.call('GET', '/api/session')).status).toBe(200);
    expect((await new Browser().signIn(anna.email)).status).toBe(401);
  });

  test('follow a change of role or tenants at once, and so do live notices', async () => {
    const anna = await person('analyst', null);
    const ended = new Promise<void>((resolve, reject) => {
      const call = request(
        `${vigie.run.url}/api/stream`,
        { headers: { cookie: `vigie_session=${anna.browser.cookies['vigie_session']}` } },
        (answer) => answer.resume().on('end', resolve),
      );
      call.on('error', reject);
      call.end();
    });
    expect((await anna.browser.call('GET', '/api/incidents')).status).toBe(200);
    const changed = await vigie.api.ok<UserView>('PATCH', anna.path, {
      role: 'client-reader',
      tenants: ['acme'],
    });
    expect(changed).toMatchObject({ role: 'client-reader', tenants: ['acme'] });
    const { body } = await anna.browser.call<SessionView>('GET', '/api/session');
    expect(body).toMatchObject({ user: { role: 'client-reader' }, provider: false });
    expect(body.tenants.map(({ id }) => id)).toEqual(['acme']);
    expect(body.permissions).not.toContain('incidents.handle');
    expect((await anna.browser.call('GET', '/api/tenants/globex')).status).toBe(404);
    await ended;
    await vigie.api.ok('DELETE', anna.path);
    expect((await anna.browser.call('GET', '/api/session')).status).toBe(401);
  });

  test('of others are ended by whoever may manage them', async () => {
    const anna = await person('client-responder', ['acme']);
    const chief = await person('client-administrator', ['acme']);
    const stranger = await person('client-administrator', ['globex']);
    expect((await stranger.browser.call('GET', `${anna.path}/sessions`)).status).toBe(404);
    expect((await stranger.browser.call('DELETE', `${anna.path}/sessions`)).status).toBe(404);
    const { body } = await chief.browser.call<{ items: SignedInView[] }>('GET', `${anna.path}/sessions`);
    expect(body.items).toMatchObject([{ current: false, client: 'Firefox on Linux' }]);
    const one = `${anna.path}/sessions/${body.items[0]!.id}`;
    expect((await chief.browser.call('DELETE', one)).status).toBe(204);
    expect((await anna.browser.call('GET', '/api/session')).status).toBe(401);
  });
});

describe('escalation', () => {
  test('nobody gives a role, a tenant or a permission that they lack', async () => {
    const chief = await person('client-administrator', ['acme']);
    const grants: [Role, string[] | null][] = [
      ['provider-administrator', null],
      ['provider-administrator', ['acme']],
      ['analyst', ['acme']],
      ['auditor', ['acme']],
      ['client-reader', ['globex']],
      ['client-reader', ['acme', 'globex']],
      ['client-reader', null],
    ];
    for (const [role, tenants] of grants) {
      const body = { name: 'Mole', role, tenants };
      const user = { ...body, email: 'mole@example.org' };
      for (const answer of [
        await chief.browser.call('POST', '/api/users', user),
        await chief.browser.call('POST', '/api/service-accounts', body),
      ]) {
        expect(answer.status, `${role} ${tenants}`).toBe(403);
        expect(code(answer)).toBe('VIGIE_API_ESCALATION');
      }
    }
    const made = await chief.browser.call<{ user: UserView }>('POST', '/api/users', {
      email: 'responder@acme.example.org',
      name: 'R',
      role: 'client-responder',
      tenants: ['acme'],
    });
    expect(made.status).toBe(201);
    const up = { role: 'analyst', tenants: ['acme'] };
    const answer = await chief.browser.call('PATCH', '/api/users/responder@acme.example.org', up);
    expect(code(answer)).toBe('VIGIE_API_ESCALATION');
  });

  test('nobody takes over an account that may more: the provider’s analyst of one client is not that client’s', async () => {
    const analyst = await person('analyst', ['acme']);
    const chief = await person('client-administrator', ['acme']);
    for (const [method, path, body] of [
      ['POST', `${analyst.path}/reset`, {}],
      ['PATCH', analyst.path, { name: 'Mine' }],
      ['DELETE', analyst.path, undefined],
      ['DELETE', `${analyst.path}/sessions`, undefined],
    ] as const)
      expect((await chief.browser.call(method, path, body)).status, path).toBe(404);
    const { body } = await chief.browser.call<{ items: UserView[] }>('GET', '/api/users');
    expect(body.items.map(({ email }) => email)).not.toContain(analyst.email);
    expect(body.items.every(({ tenants }) => tenants?.join() === 'acme')).toBe(true);

    // Among the provider's people they see each other, but an equal scope is not an equal right.
    const limited = await vigie.keyFor('provider-administrator', null, {
      permissions: ['access.read', 'access.manage', 'incidents.read'],
    });
    const reset = await limited.call('POST', `${analyst.path}/reset`);
    expect(reset.status).toBe(403);
    expect(code(reset)).toBe('VIGIE_API_ESCALATION');
  });

  test('nobody changes their own role or tenants, by no way', async () => {
    const boss = await person('provider-administrator', null);
    for (const body of [{ role: 'analyst' }, { tenants: ['acme'] }, { role: 'provider-administrator' }])
      expect((await boss.browser.call('PATCH', boss.path, body)).status).toBe(403);
    expect((await boss.browser.call('PATCH', boss.path, { name: 'Boss' })).status).toBe(200);
    expect((await boss.browser.call('DELETE', boss.path)).status).toBe(400);
    const { body } = await boss.browser.call<{ secret: string }>('POST', '/api/keys', { name: 'own' });
    const key = bearer(body.secret);
    expect((await key.call('PATCH', boss.path, { role: 'analyst' })).status).toBe(403);
    expect((await key.call('DELETE', boss.path)).status).toBe(400);
    await vigie.api.ok('DELETE', boss.path);
  });

  test('nobody removes or lowers the last administrator of the platform, not even the command line', async () => {
    const path = `/api/users/${ADMINISTRATOR.email}`;
    for (const answer of [
      await vigie.api.call('DELETE', path),
      await vigie.api.call('PATCH', path, { role: 'analyst' }),
      await vigie.api.call('PATCH', path, { tenants: ['acme'] }),
    ]) {
      expect(answer.status).toBe(409);
      expect(code(answer)).toBe('VIGIE_API_LAST_ADMINISTRATOR');
    }
    const cli = await vigie.command('user', 'remove', ADMINISTRATOR.email);
    expect(cli.code).not.toBe(0);
    expect(cli.stderr).toContain('last account');
  });

  test('a client’s administrator changes contacts and hours, but not what is written into the contract', async () => {
    const { browser } = await person('client-administrator', ['acme']);
    const patch = (body: object) => browser.call('PATCH', '/api/tenants/acme', body);
    expect((await patch({ retentionDays: 1 })).status).toBe(403);
    expect((await patch({ name: 'Not Acme', timeZone: 'Europe/Rome' })).status).toBe(403);
    // A form sends what it does not change, too.
    const same = { name: 'acme', retentionDays: 365 };
    expect(await patch({ ...same, timeZone: 'Europe/Paris' })).toMatchObject({
      status: 200,
      body: { ...same, timeZone: 'Europe/Paris' },
    });
  });

  test('mass assignment: members that a form does not have are refused, not dropped', async () => {
    const anna = await person('client-reader', ['acme']);
    const { browser } = anna;
    const more = { role: 'provider-administrator', tenants: null };
    const next = 'nine ropes on a quay';
    const calls: [Browser | Api, string, string, object][] = [
      [browser, 'POST', '/api/session', { email: anna.email, password: PASSWORD, ...more }],
      [browser, 'POST', '/api/session/password', { current: PASSWORD, next, ...more }],
      [vigie.api, 'PATCH', anna.path, { name: 'A', mustChangePassword: false }],
      [vigie.api, 'PATCH', anna.path, { name: 'A', password: next }],
      [vigie.api, 'PATCH', anna.path, { name: 'A', id: 'x', permissions: ['platform.manage'] }],
      [vigie.api, 'POST', '/api/users', { email: 'x@example.org', name: 'x', role: 'analyst', id: 'x' }],
      [vigie.api, 'POST', '/api/service-accounts', { name: 'x', role: 'analyst', createdBy: 'x' }],
      [vigie.api, 'POST', '/api/service-accounts', { name: 'x', role: 'analyst', permissions: [] }],
    ];
    for (const [who, method, path, body] of calls) {
      const answer = await who.call(method, path, body);
      expect(answer.status, `${path} ${JSON.stringify(body)}`).toBe(400);
    }
    const { body } = await browser.call<SessionView>('GET', '/api/session');
    expect(body.user).toMatchObject({ role: 'client-reader', name: `P${people}` });
  });
});

/** The API by a key's secret. */
function bearer(secret: string) {
  return {
    call: async (method: string, path: string, body?: unknown) => {
      const answer = await fetch(vigie.run.url + path, {
        method,
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as unknown };
    },
  };
}

describe('API keys', () => {
  test('a key has what it was given, and never more than its maker or its owner', async () => {
    const anna = await person('analyst', ['acme']);
    for (const wider of [
      { permissions: ['incidents.read', 'platform.manage'] },
      { tenants: ['globex'] },
      { tenants: ['acme', 'globex'] },
    ]) {
      const answer = await anna.browser.call('POST', '/api/keys', { name: 'wide', ...wider });
      expect(answer.status, JSON.stringify(wider)).toBe(403);
      expect(code(answer)).toBe('VIGIE_API_ESCALATION');
    }
    const made = await anna.browser.call<{ key: ApiKeyView; secret: string }>('POST', '/api/keys', {
      name: 'reads incidents',
      permissions: ['incidents.read'],
      expiresAt: Date.now() + 60_000,
    });
    expect(made.status).toBe(201);
    expect(made.body.key).toMatchObject({ owner: { kind: 'person', id: anna.id }, lastUsedAt: null });
    const key = bearer(made.body.secret);
    expect((await key.call('GET', '/api/incidents')).status).toBe(200);
    expect((await key.call('GET', '/api/sources')).status).toBe(403);
    expect((await key.call('PATCH', '/api/incidents/1', { status: 'closed' })).status).toBe(403);
    // A key makes no further keys in its owner's name, neither as wide as the owner nor as itself.
    expect((await key.call('POST', '/api/keys', { name: 'child' })).status).toBe(403);
    const { items } = await vigie.api.get<{ items: ApiKeyView[] }>('/api/keys');
    expect(items.find(({ id }) => id === made.body.key.id)?.lastUsedAt).not.toBeNull();
    expect(JSON.stringify(items)).not.toContain('vkey_');
    await vigie.api.ok('DELETE', anna.path);
    expect((await key.call('GET', '/api/incidents')).status).toBe(401);
  });

  test('one that manages access with few permissions makes none that has more', async () => {
    const few = await vigie.keyFor('provider-administrator', null, {
      permissions: ['access.read', 'access.manage', 'incidents.read'],
    });
    const { items } = await few.get<{ items: ServiceAccountView[] }>('/api/service-accounts');
    const own = items.find(({ role, name }) => role === 'provider-administrator' && name.endsWith('of all'));
    const keys = `/api/service-accounts/${own!.id}/keys`;
    for (const body of [{ name: 'x' }, { name: 'x', permissions: ['platform.manage'] }])
      expect(code(await few.call('POST', keys, body))).toBe('VIGIE_API_ESCALATION');
    const made = await few.call('POST', '/api/service-accounts', { name: 'x', role: 'analyst' });
    expect(code(made)).toBe('VIGIE_API_ESCALATION');
  });

  test('of others are neither seen nor removed without the right to (IDOR)', async () => {
    const anna = await person('analyst', null);
    const bram = await person('analyst', null);
    const { body } = await anna.browser.call<{ key: ApiKeyView }>('POST', '/api/keys', { name: 'hers' });
    const seen = await bram.browser.call<{ items: ApiKeyView[] }>('GET', '/api/keys');
    expect(seen.body.items).toEqual([]);
    expect((await bram.browser.call('DELETE', `/api/keys/${body.key.id}`)).status).toBe(404);
    const auditor = await person('auditor', null);
    const all = await auditor.browser.call<{ items: ApiKeyView[] }>('GET', '/api/keys');
    expect(all.body.items.find(({ id }) => id === body.key.id)).toMatchObject({ mayRemove: false });
    expect((await auditor.browser.call('DELETE', `/api/keys/${body.key.id}`)).status).toBe(403);
    expect((await anna.browser.call('DELETE', `/api/keys/${body.key.id}`)).status).toBe(204);
  });

  test('the command line makes, narrows and removes them', async () => {
    const args = ['--tenant', 'acme', '--permission', 'incidents.read', '--days', '30'];
    const made = await vigie.command('--json', 'key', 'add', 'nightly', ...args);
    expect(made.code, made.stderr).toBe(0);
    const { key, secret } = JSON.parse(made.stdout) as { key: ApiKeyView; secret: string };
    expect(key).toMatchObject({ permissions: ['incidents.read'], tenants: ['acme'] });
    expect((await bearer(secret).call('GET', '/api/incidents')).status).toBe(200);
    expect((await bearer(secret).call('POST', '/api/events/search', {})).status).toBe(403);
    const raised = await vigie.command('service', 'change', key.owner.id, '--name', 'Nightly report');
    expect(raised.code, raised.stderr).toBe(0);
    expect((await vigie.command('key', 'list')).stdout).toContain('Nightly report');
    expect((await vigie.command('service', 'remove', key.owner.id)).code).toBe(0);
    expect((await bearer(secret).call('GET', '/api/incidents')).status).toBe(401);
    expect((await vigie.command('user', 'add', 'x@example.org', '--role', 'administrator')).code).not.toBe(0);
    expect((await vigie.command('roles', '--permissions')).stdout).toContain('incidents.handle');
  });
});

describe('brute force', () => {
  test('many guesses at the same time: five are looked at, the others wait', async () => {
    const anna = await person('analyst', null, '127.0.0.30');
    const attacker = new Browser('127.0.0.31');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => attacker.signIn(anna.email, `a guess, number ${n}`)),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15);
    expect((await attacker.signIn(anna.email)).status).toBe(429);
  });

  test('a lock-out that locks out nobody else: other addresses, and known devices at the same one', async () => {
    const anna = await person('analyst', null, '127.0.0.40');
    const attacker = new Browser('127.0.0.40');
    const waitOf = ({ body }: Answer<unknown>) => Number(/wait (\d+) s/.exec(JSON.stringify(body))?.[1] ?? 0);
    let guesses = 0;
    // However slow the machine is: what follows is asked while the guesser is held up for more than a second.
    const heldUp = async () => {
      for (let account = 0, address = 0; account < 2 || address < 2; guesses++) {
        expect(guesses).toBeLessThan(2000);
        account = waitOf(await attacker.signIn(anna.email, 'a guess'));
        address = waitOf(await attacker.signIn(`x${guesses}@example.org`, 'a guess'));
      }
    };
    await heldUp();
    expect((await attacker.signIn(anna.email)).status).toBe(429);
    expect((await new Browser('127.0.0.41').signIn(anna.email)).status).toBe(200);
    // Her own browser behind the attacker's very address; its cookie is worth nothing for another account.
    expect((await anna.browser.signIn(anna.email)).status).toBe(200);
    const bram = await person('analyst', null);
    await heldUp();
    expect((await anna.browser.signIn(bram.email)).status).toBe(429);
    await heldUp();
    expect(code(await attacker.signIn(anna.email))).toBe('VIGIE_API_TOO_MANY_TRIES');
  });
});
