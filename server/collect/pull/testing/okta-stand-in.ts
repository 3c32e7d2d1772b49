/**
 * A stand-in for Okta's System Log API (`GET /api/v1/logs`): bearer scheme SSWS, `since`, `limit`, and a `next`
 * link in every answer of a polling request, also of an empty one.
 */
import type { Asked, StandIn, Told } from './internet-stand-in.ts';

export interface OktaEvent {
  readonly uuid: string;
  readonly published: string;
  readonly [key: string]: unknown;
}

export class OktaStandIn {
  /** In the order in which Okta wrote them, which is not that of `published`. */
  readonly log: OktaEvent[] = [];
  token = 'okta-token-for-tests';
  /** Cursors made before this are not known any more. */
  forgets = 0;

  readonly answer: StandIn = ({ url, headers }: Asked): Told => {
    if (headers.authorization !== `SSWS ${this.token}`)
      return {
        status: 401,
        body: { errorCode: 'E0000011', errorSummary: `Invalid token provided: ${headers.authorization}` },
      };
    const after = url.searchParams.get('after');
    const since = url.searchParams.get('since');
    const limit = Number(url.searchParams.get('limit') ?? 100);
    let from = 0;
    if (after !== null) {
      from = Number(after);
      if (from < this.forgets)
        return { status: 400, body: { errorSummary: 'The request was not valid: after' } };
    } else if (since !== null) {
      const at = this.log.findIndex(({ published }) => published >= since);
      from = at < 0 ? this.log.length : at;
    }
    const page = this.log.slice(from, from + limit);
    const next = `https://${url.host}/api/v1/logs?after=${from + page.length}&limit=${limit}&sortOrder=ASCENDING`;
    return {
      headers: { link: `<${url.href}>; rel="self", <${next}>; rel="next"` },
      body: page,
    };
  };

  add(count: number, from = Date.parse('2026-03-01T10:00:00Z')): void {
    for (let i = 0; i < count; i++) {
      const n = this.log.length;
      this.log.push({
        uuid: `0000-${n}`,
        published: new Date(from + n * 1000).toISOString(),
        eventType: 'user.session.start',
        severity: 'INFO',
        displayMessage: 'User login to Okta',
        outcome: { result: 'SUCCESS' },
        actor: { id: `00u${n}`, type: 'User', alternateId: `user${n}@example.com`, displayName: `User ${n}` },
        client: { ipAddress: '203.0.113.17' },
      });
    }
  }
}
