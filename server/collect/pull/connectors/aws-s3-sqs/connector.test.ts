import { gzipSync } from 'node:zlib';
import { createReader, REGISTRY } from '@vigie/sources';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AddressGuard } from '../../address-guard.ts';
import { HTTP_LIMITS } from '../../http-client.ts';
import { AWS_KEYS, AwsStandIn } from '../../testing/aws-stand-in.ts';
import { PullBench } from '../../testing/bench.ts';

let bench: PullBench;
let aws: AwsStandIn;
beforeAll(async () => {
  bench = await PullBench.open();
});
afterAll(() => bench?.close());
beforeEach(async () => {
  await bench.reset();
  aws?.close();
  aws = await new AwsStandIn().open();
});
afterAll(() => aws?.close());

const trail = (n: number) => ({
  eventVersion: '1.09',
  eventID: `e-${n}`,
  eventTime: '2026-03-01T09:59:00Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'CreateUser',
  awsRegion: 'eu-west-3',
  sourceIPAddress: '203.0.113.7',
  userIdentity: { type: 'IAMUser', userName: 'nora' },
});
const file = (from: number, count: number) =>
  gzipSync(JSON.stringify({ Records: Array.from({ length: count }, (_, n) => trail(from + n)) }));
const set = (more: object = {}, secret: string = AWS_KEYS.secretAccessKey) =>
  bench.set(
    'aws-s3-sqs',
    {
      region: 'eu-west-3',
      queueUrl: aws.queueUrl,
      accessKeyId: AWS_KEYS.accessKeyId,
      s3Endpoint: aws.origin,
      stsEndpoint: aws.origin,
      ...more,
    },
    { secretAccessKey: secret },
  );
const plain = () => ({ guard: new AddressGuard([aws.host]), port: (url: URL) => Number(url.port) });

describe('S3 by SQS', () => {
  test('reads what the messages tell of, as the trail’s records, and deletes the messages', async () => {
    aws.put('AWSLogs/1/eu west+3/a.json.gz', file(0, 12_000));
    aws.put('b.json.gz', file(12_000, 3));
    aws.send('{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"logs"}');
    await set();
    expect(await bench.fetch(bench.runner(plain()))).toMatchObject({ problem: null, added: 12_003 });
    expect(aws.messages.size).toBe(0);
    const read = createReader({ registry: REGISTRY }).read(bench.sink.logs[0]!, { timeZone: 'UTC' });
    expect(read.sourceType).toBe('aws.cloudtrail');
  });

  test('a message that comes twice, or again after a crash before its deletion, adds nothing', async () => {
    aws.put('a.json.gz', file(0, 5), 2);
    await set();
    const dying = bench.dyingRunner(plain());
    await dying.start();
    while (bench.sink.logs.length < 5) await new Promise((done) => setTimeout(done, 5));
    expect(aws.messages.size).toBe(2);
    aws.reappear();
    expect(await bench.fetch(bench.runner(plain()))).toMatchObject({ added: 0, problem: null });
    expect(bench.sink.logs).toHaveLength(5);
    expect(aws.messages.size).toBe(0);
  });

  test('what is gone is told and its message deleted; what is nothing of S3’s stays', async () => {
    aws.put('a.json.gz', file(0, 1));
    aws.send(aws.notification('gone.json.gz'));
    await set();
    aws.send('{"what":"is this"}');
    const record = await bench.fetch(bench.runner(plain()));
    expect(record).toMatchObject({ added: 1, problem: { code: 'VIGIE_PULL_WARNING' } });
    expect([...aws.messages.values()]).toEqual(['{"what":"is this"}']);
  });

  test('damaged objects are told, and their messages left for the dead-letter queue', async () => {
    aws.put('bad.json.gz', file(0, 50).subarray(0, 60));
    await set();
    const runner = bench.runner(plain());
    const record = await bench.fetch(runner);
    expect(record.problem).toMatchObject({ code: 'VIGIE_PULL_WARNING' });
    expect(record.problem?.message).toContain('bad.json.gz');
    expect(aws.messages.size).toBe(1);
  });

  test('an object that may not be read waits for a person, its message stays', async () => {
    aws.put('a.json.gz', file(0, 1));
    aws.failObject = { status: 403, code: 'AccessDenied' };
    await set();
    expect((await bench.fetch(bench.runner(plain()))).problem).toMatchObject({
      code: 'VIGIE_PULL_FORBIDDEN',
    });
    expect(aws.messages.size).toBe(1);
  });

  test('SlowDown of S3 is waited for', async () => {
    aws.put('a.json.gz', file(0, 1));
    aws.failObject = { status: 503, code: 'SlowDown' };
    await set();
    const runner = bench.runner(plain());
    expect((await bench.fetch(runner)).problem).toMatchObject({ code: 'VIGIE_PULL_THROTTLED' });
    aws.reappear();
    expect(await bench.fetch(runner)).toMatchObject({ added: 1, problem: null });
  });

  test('a wrong key is said to be so, and not shown', async () => {
    await set({}, 'wrong/secret/for/tests');
    const { problem } = await bench.fetch(bench.runner(plain()));
    expect(problem).toMatchObject({ code: 'VIGIE_PULL_UNAUTHORISED' });
    expect(JSON.stringify(problem)).not.toContain('wrong/secret');
  });

  test('assumes a role with its external ID, and once more when its keys have run out', async () => {
    const role = { roleArn: 'arn:aws:iam::111122223333:role/vigie', externalId: 'vigie-42' };
    aws.put('a.json.gz', file(0, 2));
    await set(role);
    const runner = bench.runner(plain());
    expect(await bench.fetch(runner)).toMatchObject({ added: 2, problem: null });
    expect(aws.asked.filter((one) => one === 'AssumeRole')).toHaveLength(1);
    aws.expired = true;
    expect(await bench.fetch(runner)).toMatchObject({ problem: null });
    expect(aws.asked.filter((one) => one === 'AssumeRole')).toHaveLength(2);
  });
});

/** A server of others that speaks S3, SQS and STS, where one is named: `moto_server` of PyPI's `moto[server]`. */
const MOTO = process.env['VIGIE_MOTO'];
test.skipIf(MOTO === undefined)('against an S3 and SQS that is not ours', async () => {
  const { Aws } = await import('./testing/moto.ts');
  const moto = await Aws.start(MOTO!);
  try {
    await moto.queue('logs');
    await moto.put('logs', 'AWSLogs/day one/a.json.gz', file(0, 2_500));
    await moto.send(aws.notification('AWSLogs/day one/a.json.gz'));
    await set({ queueUrl: moto.queueUrl, s3Endpoint: moto.origin, stsEndpoint: moto.origin });
    const host = new URL(moto.origin).host;
    const runner = bench.runner({
      guard: new AddressGuard([host]),
      port: (url) => Number(url.port),
      limits: HTTP_LIMITS,
    });
    expect(await bench.fetch(runner)).toMatchObject({ problem: null, added: 2_500 });
    expect(await moto.waiting()).toBe(0);
    await moto.send(aws.notification('AWSLogs/day one/a.json.gz'));
    expect(await bench.fetch(runner)).toMatchObject({ added: 2_500 });
    await set({
      queueUrl: moto.queueUrl,
      s3Endpoint: moto.origin,
      stsEndpoint: moto.origin,
      roleArn: 'arn:aws:iam::123456789012:role/vigie',
    });
    expect(await bench.fetch(runner)).toMatchObject({ problem: null });
  } finally {
    await moto.stop();
  }
});
