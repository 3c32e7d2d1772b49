/**
 * Stand-ins for Microsoft's token endpoint (client credentials), for collections of Microsoft Graph (`$filter` by
 * time, `$top`, `@odata.nextLink`), and for the Office 365 Management Activity API (subscriptions, listings with
 * `NextPageUri`, content blobs).
 */
import type { Asked, Internet, Told } from './internet-stand-in.ts';

export const ENTRA = {
  tenantId: '0b0e5c3a-1111-4c1e-8f0b-0123456789ab',
  clientId: '5f2d9a77-2222-4c1e-8f0b-0123456789ab',
  clientSecret: 'entra~secret~for~tests',
} as const;

interface GraphItem {
  readonly id: string;
  readonly [key: string]: unknown;
}

export interface Blob {
  readonly id: string;
  readonly type: string;
  /** Epoch milliseconds. */
  readonly created: number;
  records: readonly object[];
}

export class MicrosoftStandIn {
  /** Path below `/v1.0/` → items. */
  readonly collections = new Map<string, GraphItem[]>();
  readonly blobs: Blob[] = [];
  readonly subscribed = new Set<string>();
  /** Tokens given out; the last one holds. */
  tokens = 0;
  secret: string = ENTRA.clientSecret;
  pageSize = 100;
  tokenLife = 3599;

  /** Makes the token that is in use invalid, as a revocation does. */
  revoke(): void {
    this.tokens += 1000;
  }

  open(internet: Internet): this {
    internet.at('login.microsoftonline.com', (asked) => this.#token(asked));
    internet.at('graph.microsoft.com', (asked) => this.graph(asked));
    internet.at('manage.office.com', (asked) => this.office(asked));
    return this;
  }

  #token({ url, body }: Asked): Told {
    const form = new URLSearchParams(body);
    if (url.pathname !== `/${ENTRA.tenantId}/oauth2/v2.0/token`)
      return {
        status: 400,
        body: { error: 'invalid_request', error_description: 'AADSTS90002: no such tenant' },
      };
    if (form.get('client_id') !== ENTRA.clientId || form.get('client_secret') !== this.secret)
      return {
        status: 401,
        body: {
          error: 'invalid_client',
          error_description: `AADSTS7000215: Invalid client secret provided: ${form.get('client_secret')}`,
        },
      };
    return {
      body: {
        token_type: 'Bearer',
        expires_in: this.tokenLife,
        access_token: `access-token-${++this.tokens}`,
      },
    };
  }

  #knows({ headers }: Asked): boolean {
    return headers.authorization === `Bearer access-token-${this.tokens}`;
  }

  graph(asked: Asked): Told {
    if (!this.#knows(asked))
      return { status: 401, body: { error: { code: 'InvalidAuthenticationToken', message: 'expired' } } };
    const { url } = asked;
    const path = url.pathname.replace('/v1.0/', '');
    const all = this.collections.get(path);
    if (all === undefined)
      return {
        status: 403,
        body: { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges' } },
      };
    const filter = /^(\w+) ge (\S+) and \w+ lt (\S+)$/.exec(url.searchParams.get('$filter') ?? '');
    const items =
      filter === null
        ? all
        : all.filter((item) => {
            const time = Date.parse(String(item[filter[1]!]));
            return time >= Date.parse(filter[2]!) && time < Date.parse(filter[3]!);
          });
    const skip = Number(url.searchParams.get('$skiptoken') ?? 0);
    const size = Math.min(this.pageSize, Number(url.searchParams.get('$top') ?? this.pageSize));
    const next = new URL(url);
    next.searchParams.set('$skiptoken', String(skip + size));
    return {
      body: {
        '@odata.context': `https://graph.microsoft.com/v1.0/$metadata#${path}`,
        ...(skip + size < items.length ? { '@odata.nextLink': next.href } : {}),
        value: items.slice(skip, skip + size),
      },
    };
  }

  office(asked: Asked): Told {
    if (!this.#knows(asked)) return { status: 401, body: { error: { code: 'AF10001', message: 'expired' } } };
    const { url, method } = asked;
    const root = `/api/v1.0/${ENTRA.tenantId}/activity/feed/`;
    const operation = url.pathname.slice(root.length);
    const type = url.searchParams.get('contentType') ?? '';
    if (operation === 'subscriptions/list')
      return {
        body: [...this.subscribed].map((contentType) => ({ contentType, status: 'enabled', webhook: null })),
      };
    if (operation === 'subscriptions/start' && method === 'POST') {
      if (this.subscribed.has(type))
        return {
          status: 400,
          body: { error: { code: 'AF20024', message: 'The subscription is already enabled.' } },
        };
      this.subscribed.add(type);
      return { body: { contentType: type, status: 'enabled', webhook: null } };
    }
    if (operation === 'subscriptions/content') {
      if (!this.subscribed.has(type))
        return { status: 400, body: { error: { code: 'AF20022', message: 'No subscription found' } } };
      const [from, to] = ['startTime', 'endTime'].map((name) => Date.parse(`${url.searchParams.get(name)}Z`));
      if (to! - from! > 86_400_000)
        return { status: 400, body: { error: { code: 'AF20030', message: 'no more than 24 hours apart' } } };
      const listed = this.blobs.filter((b) => b.type === type && b.created >= from! && b.created < to!);
      const page = Number(url.searchParams.get('nextPage') ?? 0);
      const next = new URL(url);
      next.searchParams.set('nextPage', String(page + 2));
      return {
        headers: page + 2 < listed.length ? { NextPageUri: next.href } : {},
        body: listed.slice(page, page + 2).map((blob) => ({
          contentType: type,
          contentId: blob.id,
          contentUri: `https://manage.office.com${root}audit/${blob.id}`,
          contentCreated: new Date(blob.created).toISOString(),
          contentExpiration: new Date(blob.created + 7 * 86_400_000).toISOString(),
        })),
      };
    }
    const blob = this.blobs.find(({ id }) => operation === `audit/${id}`);
    return blob === undefined
      ? { status: 404, body: { error: { code: 'AF20051', message: 'Content requested does not exist' } } }
      : { body: blob.records };
  }
}
