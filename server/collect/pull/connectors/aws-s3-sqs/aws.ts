import { AwsV4Signer } from 'aws4fetch';
import type { PullRun, SettingsOf } from '../../connector.ts';
import { PullError } from '../../errors.ts';
import type { HttpAnswer } from '../../http-client.ts';
import { listItems, readObject, textOf } from '../../items.ts';
import { Secret } from '../../secret.ts';
import type { schema } from './settings.ts';

export type Run = PullRun<SettingsOf<typeof schema, 'secretAccessKey'>>;

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken?: Secret;
  /** Epoch milliseconds; Infinity for keys without an end. */
  readonly until: number;
}

/** A message of the queue. */
export interface Message {
  readonly id: string;
  readonly receipt: string;
  readonly body: string;
}

/** Error codes with which AWS refuses a credential itself. */
const CREDENTIAL =
  /InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidSignature/;
/** As long as a message stays hidden from others while its objects are read, seconds. */
const HIDDEN = 900;

/** The few operations of SQS, S3 and STS that are used, signed with Signature Version 4. */
export class Aws {
  readonly #run: Run;
  readonly #queue: URL;

  constructor(run: Run) {
    this.#run = run;
    this.#queue = new URL(run.settings.queueUrl);
  }

  /** Up to ten messages; none when there are none. */
  async receive(wait: number): Promise<Message[]> {
    const answer = await this.#sqs('ReceiveMessage', {
      MaxNumberOfMessages: 10,
      VisibilityTimeout: HIDDEN,
      WaitTimeSeconds: wait,
    });
    if (!Object.hasOwn(readObject(answer.body, 'ReceiveMessage'), 'Messages')) return [];
    return listItems(answer.body, ['Messages'], 'ReceiveMessage').flatMap(({ value }) => {
      const [id, receipt, body] = ['MessageId', 'ReceiptHandle', 'Body'].map((name) => textOf(value, name));
      return id === undefined || receipt === undefined ? [] : [{ id, receipt, body: body ?? '' }];
    });
  }

  async delete(message: Message): Promise<void> {
    await this.#sqs('DeleteMessage', { ReceiptHandle: message.receipt });
  }

  /** Messages that wait, as SQS estimates. */
  async waiting(): Promise<number> {
    const answer = await this.#sqs('GetQueueAttributes', { AttributeNames: ['ApproximateNumberOfMessages'] });
    const { Attributes } = readObject(answer.body, 'GetQueueAttributes');
    return Number(textOf(Attributes, 'ApproximateNumberOfMessages') ?? 0);
  }

  /** An object, whatever the status. */
  async object(bucket: string, key: string, region: string, maxBody: number): Promise<HttpAnswer> {
    const { s3Endpoint } = this.#run.settings;
    const path = key.split('/').map(encodeURIComponent).join('/');
    // A bucket whose name has dots fits no certificate but that of the region's own host.
    const url =
      s3Endpoint !== undefined || bucket.includes('.')
        ? new URL(`/${bucket}/${path}`, s3Endpoint ?? `https://s3.${region}.${domainOf(region)}`)
        : new URL(`/${path}`, `https://${bucket}.s3.${region}.${domainOf(region)}`);
    return this.#send('s3', region, url, { method: 'GET' }, maxBody);
  }

  async #sqs(operation: string, body: object): Promise<HttpAnswer> {
    const { queueUrl } = this.#run.settings;
    return this.#good(
      this.#queue,
      await this.#send('sqs', this.#run.settings.region, new URL('/', this.#queue), {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` },
        body: JSON.stringify({ QueueUrl: queueUrl, ...body }),
      }),
    );
  }

  #good(url: URL, answer: HttpAnswer): HttpAnswer {
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw this.failure(url, answer);
  }

  /** What a bad answer means; AWS tells wrong keys with 400 and 403. */
  failure(url: URL, answer: HttpAnswer): PullError {
    const failure = this.#run.http.failure(url, answer);
    const text = answer.body.subarray(0, 4000).toString('latin1');
    if (CREDENTIAL.test(text))
      return new PullError('VIGIE_PULL_UNAUTHORISED', failure.message, { status: answer.status });
    if (/AccessDenied/.test(text))
      return new PullError('VIGIE_PULL_FORBIDDEN', failure.message, { status: answer.status });
    if (/Throttl|SlowDown|RequestLimitExceeded/.test(text))
      return new PullError('VIGIE_PULL_THROTTLED', failure.message, { status: answer.status });
    return failure;
  }

  /** Signs and sends; keys that have run out are renewed once. */
  async #send(
    service: string,
    region: string,
    url: URL,
    request: { method: 'GET' | 'POST'; headers?: Record<string, string>; body?: string },
    maxBody?: number,
  ): Promise<HttpAnswer> {
    const once = async () => this.#signed(service, region, url, request, await this.#credentials(), maxBody);
    const answer = await once();
    if (this.#run.settings.roleArn === undefined || ![400, 403].includes(answer.status)) return answer;
    if (!/ExpiredToken/.test(answer.body.subarray(0, 4000).toString('latin1'))) return answer;
    this.#run.memory.delete('credentials');
    return once();
  }

  async #signed(
    service: string,
    region: string,
    url: URL,
    {
      method,
      headers = {},
      body,
    }: { method: 'GET' | 'POST'; headers?: Record<string, string>; body?: string },
    credentials: Credentials,
    maxBody?: number,
  ): Promise<HttpAnswer> {
    const signer = new AwsV4Signer({
      method,
      url: url.href,
      headers,
      ...(body === undefined ? {} : { body }),
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey.reveal(),
      ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken.reveal() }),
      service,
      region,
      // AWS refuses a signature that is fifteen minutes off: its own clock counts.
      datetime: new Date(this.#run.http.serviceNow()).toISOString().replace(/[:-]|\.\d{3}/g, ''),
    });
    const signed = await signer.sign();
    const sent: Record<string, string> = {};
    signed.headers.forEach((value, name) => {
      if (name !== 'host') sent[name] = value;
    });
    return this.#run.http.send({
      method,
      url: signed.url,
      headers: sent,
      ...(body === undefined ? {} : { body }),
      ...(maxBody === undefined ? {} : { maxBody }),
    });
  }

  async #credentials(): Promise<Credentials> {
    const { settings, memory, http } = this.#run;
    const own: Credentials = {
      accessKeyId: settings.accessKeyId,
      secretAccessKey: settings.secretAccessKey,
      until: Number.POSITIVE_INFINITY,
    };
    if (settings.roleArn === undefined) return own;
    const kept = memory.get('credentials') as Credentials | undefined;
    if (kept !== undefined && kept.until - 300_000 > http.serviceNow()) return kept;
    const assumed = await this.#assume(own, settings.roleArn);
    memory.set('credentials', assumed);
    return assumed;
  }

  /** STS AssumeRole, which answers with XML. */
  async #assume(own: Credentials, roleArn: string): Promise<Credentials> {
    const { settings, redactor } = this.#run;
    const url = new URL(
      settings.stsEndpoint ?? `https://sts.${settings.region}.${domainOf(settings.region)}`,
    );
    const form = new URLSearchParams({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: roleArn,
      RoleSessionName: 'vigie',
      ...(settings.externalId === undefined ? {} : { ExternalId: settings.externalId }),
    });
    const answer = await this.#signed(
      'sts',
      settings.region,
      url,
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
        body: form.toString(),
      },
      own,
      1024 * 1024,
    );
    this.#good(url, answer);
    const xml = answer.body.toString('utf8');
    const member = (name: string) => new RegExp(`<${name}>([^<]{1,4096})</${name}>`).exec(xml)?.[1];
    const [id, secret, token] = [member('AccessKeyId'), member('SecretAccessKey'), member('SessionToken')];
    if (id === undefined || secret === undefined || token === undefined)
      throw new PullError('VIGIE_PULL_BAD_ANSWER', 'the answer of STS has no credentials');
    redactor.add(secret);
    redactor.add(token);
    const until = Date.parse(member('Expiration') ?? '');
    return {
      accessKeyId: id,
      secretAccessKey: new Secret(secret),
      sessionToken: new Secret(token),
      until: Number.isNaN(until) ? this.#run.http.serviceNow() + 3_600_000 : until,
    };
  }
}

function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}
