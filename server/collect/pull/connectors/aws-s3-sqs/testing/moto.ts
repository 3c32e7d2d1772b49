/** Runs `moto_server`, another project's server for AWS's APIs, and puts things into it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { AwsClient } from 'aws4fetch';
import { AWS_KEYS } from '../../../testing/aws-stand-in.ts';

export class Aws {
  readonly origin: string;
  queueUrl = '';
  readonly #child: ChildProcess;
  readonly #client = new AwsClient({ ...AWS_KEYS, region: 'eu-west-3' });

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.origin = `http://127.0.0.1:${port}`;
  }

  static async start(program: string): Promise<Aws> {
    const port = await freePort();
    const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    const moto = new Aws(child, port);
    const end = Date.now() + 60_000;
    for (;;) {
      const up = await fetch(`${moto.origin}/moto-api/`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (up) return moto;
      if (Date.now() > end || child.exitCode !== null) throw new Error('moto_server did not start');
      await new Promise((done) => setTimeout(done, 200));
    }
  }

  async stop(): Promise<void> {
    const gone = new Promise((done) => this.#child.once('exit', done));
    this.#child.kill();
    await gone;
  }

  async queue(name: string): Promise<void> {
    const made = await this.#sqs<{ QueueUrl: string }>('CreateQueue', { QueueName: name });
    this.queueUrl = made.QueueUrl;
  }

  async send(body: string): Promise<void> {
    await this.#sqs('SendMessage', { QueueUrl: this.queueUrl, MessageBody: body });
  }

  async waiting(): Promise<number> {
    const { Attributes } = await this.#sqs<{ Attributes: Record<string, string> }>('GetQueueAttributes', {
      QueueUrl: this.queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    });
    return Object.values(Attributes).reduce((sum, n) => sum + Number(n), 0);
  }

  async put(bucket: string, key: string, body: Buffer): Promise<void> {
    const options = { aws: { service: 's3' } };
    const url = `${this.origin}/${bucket}`;
    const configuration =
      '<CreateBucketConfiguration><LocationConstraint>eu-west-3</LocationConstraint></CreateBucketConfiguration>';
    await this.#client.fetch(url, { method: 'PUT', body: configuration, ...options });
    const answer = await this.#client.fetch(`${url}/${key.split('/').map(encodeURIComponent).join('/')}`, {
      method: 'PUT',
      body: new Uint8Array(body),
      ...options,
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  }

  async #sqs<T>(operation: string, body: object): Promise<T> {
    const answer = await this.#client.fetch(`${this.origin}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` },
      body: JSON.stringify(body),
      aws: { service: 'sqs' },
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}
