import type { EcsFields, JsonObject } from '@vigie/contracts';
import { describe, expect, it } from 'vitest';
import { classify } from './classify.ts';
import source from './parse.ts';

function read(record: JsonObject): EcsFields {
  const doc: EcsFields = {};
  const json = {
    eventVersion: '1.09',
    eventTime: '2026-03-01T09:00:00Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateUser',
    awsRegion: 'eu-west-3',
    ...record,
  };
  const outcome = source.parse({ text: JSON.stringify(json), json, receivedAt: 0, timeZone: 'UTC' }, doc);
  expect(outcome).toBe('parsed');
  return doc;
}

describe('CloudTrail', () => {
  it('keeps parameters as text and key by key under their own names', () => {
    const doc = read({ requestParameters: { userName: 'temp-7', tags: [{ key: 'a' }, { key: 'b' }] } });
    expect(doc['aws.cloudtrail.request_parameters']).toBe(
      '{"userName":"temp-7","tags":[{"key":"a"},{"key":"b"}]}',
    );
    expect(doc['aws.cloudtrail.request_parameters.userName']).toBe('temp-7');
    expect(doc['aws.cloudtrail.request_parameters.tags.key']).toEqual(['a', 'b']);
    expect(doc['user.target.name']).toBe('temp-7');
  });

  it('names the user behind every type of identity', () => {
    const user = (userIdentity: JsonObject) => read({ userIdentity })['user.name'];
    expect(user({ type: 'Root', principalId: '1' })).toBe('root');
    expect(user({ type: 'IAMUser', userName: 'amelie' })).toBe('amelie');
    expect(user({ type: 'AssumedRole', sessionContext: { sessionIssuer: { userName: 'Operations' } } })).toBe(
      'Operations',
    );
    expect(user({ type: 'FederatedUser', arn: 'arn:aws:sts::1:federated-user/contractor' })).toBe(
      'contractor',
    );
    expect(user({ type: 'AWSService', invokedBy: 'ec2.amazonaws.com' })).toBeUndefined();
  });

  it('keeps the identity in snake case', () => {
    const doc = read({
      userIdentity: { type: 'AssumedRole', sessionContext: { sessionIssuer: { type: 'Role' } } },
    });
    expect(doc['aws.cloudtrail.user_identity.session_context.session_issuer.type']).toBe('Role');
  });

  it('takes error codes and failed sign-ins for failures', () => {
    expect(read({ errorCode: 'AccessDenied' })['event.outcome']).toBe('failure');
    expect(read({ responseElements: { ConsoleLogin: 'Failure' } })['event.outcome']).toBe('failure');
    expect(read({ responseElements: { ConsoleLogin: 'Success' } })['event.outcome']).toBe('success');
  });

  it('writes only addresses to source.ip', () => {
    expect(read({ sourceIPAddress: '192.0.2.80' })['source.ip']).toBe('192.0.2.80');
    const service = read({ sourceIPAddress: 'rds.amazonaws.com' });
    expect(service['source.ip']).toBeUndefined();
    expect(service['source.domain']).toBe('rds.amazonaws.com');
    expect(read({ sourceIPAddress: 'AWS Internal' })['source.address']).toBeUndefined();
  });

  it('classifies by service and verb', () => {
    expect(classify('iam', 'CreateAccessKey', 'AwsApiCall', false)).toEqual({
      category: ['iam'],
      type: ['user', 'creation'],
    });
    expect(classify('ec2', 'AuthorizeSecurityGroupIngress', 'AwsApiCall', false).category).toContain(
      'network',
    );
    expect(classify('s3', 'GetObject', 'AwsApiCall', true)).toEqual({
      category: ['api', 'file'],
      type: ['access'],
    });
    expect(classify('s3', 'PutBucketPolicy', 'AwsApiCall', false)).toEqual({
      category: ['api', 'configuration'],
      type: ['change'],
    });
    expect(classify('invented', 'FrobnicateThing', 'AwsApiCall', true).type).toEqual(['access']);
  });

  it('does not let keys reach the prototype', () => {
    const doc = read({
      requestParameters: JSON.parse('{"__proto__":{"polluted":"x"},"constructor":"y"}') as JsonObject,
    });
    expect(doc['aws.cloudtrail.request_parameters.__proto__.polluted']).toBe('x');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
