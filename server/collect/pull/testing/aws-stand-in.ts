/**
 * A stand-in for SQS (JSON protocol: ReceiveMessage, DeleteMessage, GetQueueAttributes), S3 (GetObject, path style)
 * and STS (AssumeRole), on plain HTTP. A message that was received is hidden until `reappear`, which is the end of its
 * visibility time-out. Signatures are checked by the signer itself, against the keys that it knows.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsV4Signer } from 'aws4fetch';

export const AWS_KEYS = {
  accessKeyId: 'AKIAEXAMPLEEXAMPLE00',
  secretAccessKey: 'aws/secret+for/tests',
} as const;
const ASSUMED = {
  accessKeyId: 'ASIAEXAMPLEEXAMPLE00',
  secretAccessKey: 'assumed/secret',
  sessionToken: 'session//token',
};

export class AwsStandIn {
  readonly objects = new Map<string, { readonly body: Buffer; readonly modified: Date }>();
  readonly messages = new Map<string, string>();
  /** `operation` of every request that was accepted. */
  readonly asked: string[] = [];
  /** Set: the next request for an object fails with this code. */
  failObject: { status: number; code: string } | undefined;
  /** Set: assumed keys have run out, once. */
  expired = false;
  readonly #hidden = new Set<string>();
  #messages = 0;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async open(): Promise<this> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return this;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get origin(): string {
    return `http://${this.host}`;
  }

  get queueUrl(): string {
    return `${this.origin}/111122223333/logs`;
  }

  /** Puts an object and the notification of it. */
  put(key: string, body: Buffer, notify = 1): void {
    this.objects.set(`logs/${key}`, { body, modified: new Date('2026-03-01T10:00:00Z') });
    for (let i = 0; i < notify; i++) this.send(this.notification(key));
  }

  notification(key: string): string {
    return JSON.stringify({
      Records: [
        {
          eventVersion: '2.1',
          eventSource: 'aws:s3',
          awsRegion: 'eu-west-3',
          eventName: 'ObjectCreated:Put',
          s3: { bucket: { name: 'logs' }, object: { key: encodeURIComponent(key).replaceAll('%20', '+') } },
        },
      ],
    });
  }

  send(body: string): void {
    this.messages.set(`m-${++this.#messages}`, body);
  }

  /** The visibility time-out of all messages ends. */
  reappear(): void {
    this.#hidden.clear();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString('utf8');
    const tell = (status: number, text: string | Buffer, headers: Record<string, string> = {}) =>
      response.writeHead(status, { date: new Date().toUTCString(), ...headers }).end(text);
    const target = String(request.headers['x-amz-target'] ?? '');
    const assumed = String(request.headers.authorization).includes(ASSUMED.accessKeyId);
    if (!(await this.#signed(request, body, assumed))) {
      return void tell(
        403,
        target === ''
          ? '<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>'
          : '{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"no"}',
      );
    }
    if (assumed && this.expired) {
      this.expired = false;
      return void tell(
        400,
        '{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"ExpiredToken"}',
      );
    }
    if (body.startsWith('Action=AssumeRole')) {
      this.asked.push('AssumeRole');
      if (new URLSearchParams(body).get('ExternalId') !== 'vigie-42')
        return void tell(403, '<Error><Code>AccessDenied</Code><Message>not allowed</Message></Error>');
      return void tell(
        200,
        `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>${ASSUMED.accessKeyId}</AccessKeyId><SecretAccessKey>${ASSUMED.secretAccessKey}</SecretAccessKey><SessionToken>${ASSUMED.sessionToken}</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
      );
    }
    const json = { 'content-type': 'application/x-amz-json-1.0' };
    if (target !== '') {
      const operation = target.split('.')[1]!;
      this.asked.push(operation);
      const asked = JSON.parse(body) as { ReceiptHandle?: string };
      if (operation === 'ReceiveMessage') {
        const found = [...this.messages].filter(([id]) => !this.#hidden.has(id)).slice(0, 10);
        for (const [id] of found) this.#hidden.add(id);
        const list = found.map(([id, text]) => ({ MessageId: id, ReceiptHandle: `r/${id}`, Body: text }));
        return void tell(200, JSON.stringify(list.length === 0 ? {} : { Messages: list }), json);
      }
      if (operation === 'DeleteMessage') {
        this.messages.delete(asked.ReceiptHandle!.slice(2));
        return void tell(200, '{}', json);
      }
      return void tell(
        200,
        JSON.stringify({ Attributes: { ApproximateNumberOfMessages: String(this.messages.size) } }),
        json,
      );
    }
    this.asked.push('GetObject');
    const key = decodeURIComponent(new URL(request.url ?? '/', this.origin).pathname.slice(1));
    if (this.failObject !== undefined) {
      const { status, code } = this.failObject;
      this.failObject = undefined;
      return void tell(status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
    }
    const object = this.objects.get(key);
    if (object === undefined)
      return void tell(
        404,
        '<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>',
      );
    tell(200, object.body, {
      etag: `"${object.body.length}"`,
      'last-modified': object.modified.toUTCString(),
    });
  }

  /** Signs the request as its sender should have, and compares. */
  async #signed(request: IncomingMessage, body: string, assumed: boolean): Promise<boolean> {
    const [, region = '', service = ''] =
      /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const signed = /SignedHeaders=([^,]+)/.exec(request.headers.authorization ?? '')?.[1]?.split(';') ?? [];
    const headers: Record<string, string> = {};
    for (const name of signed)
      if (!['host', 'x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token'].includes(name))
        headers[name] = String(request.headers[name]);
    const signer = new AwsV4Signer({
      method: request.method ?? 'GET',
      url: `${this.origin}${request.url}`,
      headers,
      ...(body === '' ? {} : { body }),
      ...(assumed ? ASSUMED : AWS_KEYS),
      region,
      service,
      datetime: String(request.headers['x-amz-date']),
    });
    return (await signer.sign()).headers.get('authorization') === request.headers.authorization;
  }
}
