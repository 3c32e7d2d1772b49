import { z } from 'zod';
import { address, secret } from '../../fields.ts';

/** Settings of the connector. */
export const schema = z.strictObject({
  region: z
    .string()
    .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'a region such as eu-west-3')
    .meta({ title: 'Region', description: 'Of the queue; buckets may be elsewhere.', destination: true }),
  queueUrl: address({ title: 'Queue URL', description: 'https://sqs.REGION.amazonaws.com/ACCOUNT/NAME' }),
  accessKeyId: z
    .string()
    .regex(/^[A-Z0-9]{16,128}$/, 'an access key ID')
    .meta({ title: 'Access key ID', description: 'Of the user that Vigie signs as.' }),
  secretAccessKey: secret({ title: 'Secret access key', description: 'Shown once when the key is made.' }),
  roleArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, 'the ARN of a role')
    .optional()
    .meta({
      title: 'Role to assume',
      description: 'ARN of the role that may read queue and bucket; empty: the user itself.',
    }),
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'letters, digits and +=,.@:/-')
    .optional()
    .meta({ title: 'External ID', description: 'As the role’s trust policy asks.' }),
  format: z.enum(['auto', 'json', 'lines']).default('auto').meta({
    title: 'Content',
    description:
      'auto: JSON (one document, a list, Records, or one a line) is taken apart, anything else is read line by line.',
  }),
  bucketRegion: z
    .string()
    .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'a region such as eu-west-3')
    .optional()
    .meta({ title: 'Region of the buckets', description: 'Where the notification does not say it.' }),
  s3Endpoint: address({
    title: 'S3 endpoint',
    description: 'For a service that is compatible with S3, or a VPC endpoint.',
  }).optional(),
  stsEndpoint: address({ title: 'STS endpoint', description: 'For a VPC endpoint.' }).optional(),
});
