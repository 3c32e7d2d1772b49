import { hash } from 'node:crypto';
import { defineConnector, type PullItem, type PullPage } from '../../connector.ts';
import { PullError } from '../../errors.ts';
import type { HttpAnswer } from '../../http-client.ts';
import { Aws, type Message, type Run } from './aws.ts';
import { decompress, logsOf, MAX_OBJECT, type ObjectRef, objectsOf } from './content.ts';
import { schema } from './settings.ts';

/** Logs stored together. */
const PAGE = 5_000;
/** How long SQS holds a question open, seconds. */
const WAIT = 5;

export default defineConnector({
  id: 'aws-s3-sqs',
  name: 'AWS S3 by SQS',
  vendor: 'Amazon Web Services',
  summary:
    'Logs that AWS services, and many others, write to S3: CloudTrail, GuardDuty, VPC flow logs, WAF, load balancers. A queue tells of each new object.',
  technologies: ['aws.cloudtrail', 'aws.guardduty', 'aws.vpc-flow', 'aws.waf'],
  everySeconds: 30,
  schema,
  secrets: ['secretAccessKey'],
  check: (settings) =>
    settings['externalId'] !== undefined && settings['roleArn'] === undefined
      ? ['externalId: of use with a role to assume only']
      : [],
  permissions: [
    'sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes on the queue',
    's3:GetObject on the objects of the bucket (s3:GetObjectVersion is not needed)',
    'kms:Decrypt on the key, where bucket or queue are encrypted with one of your own',
    'sts:AssumeRole on the role, where one is assumed',
  ],
  setup: `1. Make a queue (standard) with a dead-letter queue after five receives, and a visibility time-out of fifteen minutes.
   Its policy lets \`s3.amazonaws.com\` send, for the bucket's ARN (\`aws:SourceArn\`) only.
2. On the bucket, under *Properties > Event notifications*, send *All object create events* of the logs' prefix to the
   queue; an SNS topic or an EventBridge rule in between is understood too.
3. Make a policy with the permissions listed above, for this queue and this prefix, and nothing else.
4. Best: a role with that policy, whose trust policy names Vigie's user and an external ID. Otherwise a user with the
   policy itself. Make an access key for the user.`,
  delivery: `The queue keeps the place: a message is deleted when everything it tells of is stored. A message that comes twice, or a
crash before its deletion, adds nothing: a log is known by bucket, key, the object's ETag and its place in it. Objects
that are gone are reported and their messages deleted; what can't be read stays in the queue, for its dead-letter queue.`,
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html',
    'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html',
  ],
  async *pull(run: Run) {
    const aws = new Aws(run);
    for (;;) {
      const messages = await aws.receive(WAIT);
      if (messages.length === 0) {
        yield { items: [], coveredTo: run.http.serviceNow() };
        return;
      }
      for (const message of messages) yield* pullMessage(run, aws, message);
    }
  },
  async probe(run: Run) {
    const waiting = await new Aws(run).waiting();
    return `The queue can be read; about ${waiting} messages wait. Whether the objects can be read is seen with the first of them.`;
  },
});

async function* pullMessage(run: Run, aws: Aws, message: Message): AsyncGenerator<PullPage> {
  const objects = objectsOf(message.body);
  if (objects === undefined) {
    yield {
      items: [],
      warning: `A message of the queue (${message.id}) tells of no S3 object; it was left there.`,
    };
    return;
  }
  let warning: string | undefined;
  for (const object of objects) {
    const read = await readObject(run, aws, object);
    if (typeof read !== 'string') {
      yield* read;
      continue;
    }
    if (read !== GONE) {
      yield { items: [], warning: read };
      return;
    }
    warning = `${object.bucket}/${object.key} was gone before it could be read.`;
  }
  yield {
    items: [],
    ...(warning === undefined ? {} : { warning }),
    stored: () => aws.delete(message),
  };
}

const GONE = 'gone';

/** The pages of an object; a sentence when it can't be read; {@link GONE} when there is none. */
async function readObject(run: Run, aws: Aws, object: ObjectRef): Promise<Generator<PullPage> | string> {
  const { settings } = run;
  const region = settings.bucketRegion ?? object.region ?? settings.region;
  const name = `${object.bucket}/${object.key}`;
  let answer: HttpAnswer;
  try {
    answer = await aws.object(object.bucket, object.key, region, MAX_OBJECT);
  } catch (error) {
    if (error instanceof PullError && error.code === 'VIGIE_PULL_TOO_LARGE')
      return `${name} is larger than ${MAX_OBJECT} bytes; its message was left in the queue.`;
    throw error;
  }
  if (answer.status === 404 && answer.body.includes('NoSuchKey')) return GONE;
  if (answer.status < 200 || answer.status > 299)
    throw aws.failure(new URL(`https://${object.bucket}.s3.${region}.amazonaws.com`), answer);
  let bytes: Buffer;
  try {
    bytes = await decompress(answer.body);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return `${name} can't be decompressed (${code ?? 'damaged'}); its message was left in the queue.`;
  }
  const at = Date.parse(answer.headers['last-modified'] ?? '');
  const id = hash('sha256', `${name}\0${answer.headers['etag'] ?? ''}`, 'base64').slice(0, 32);
  return pages(bytes, settings.format, id, Number.isNaN(at) ? undefined : at);
}

function* pages(
  bytes: Buffer,
  format: 'auto' | 'json' | 'lines',
  id: string,
  at: number | undefined,
): Generator<PullPage> {
  let items: PullItem[] = [];
  let place = 0;
  for (const text of logsOf(bytes, format)) {
    items.push({ text, id: `${id}#${place++}`, ...(at === undefined ? {} : { at }) });
    if (items.length < PAGE) continue;
    yield { items };
    items = [];
  }
  if (items.length > 0) yield { items };
}
