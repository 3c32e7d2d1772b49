import { describe, expect, it } from 'vitest';
import { fieldName } from './attributes.ts';
import { first, readAttributes } from './pairs.ts';

describe('readAttributes', () => {
  it('keeps commas that belong to a value, and all values of a repeated name', () => {
    const found = readAttributes(
      'UserName=alice, Step=1, Step=2, dn=CN=PC,OU=Laptops,DC=example, note=a\\, b, cisco-av-pair=method=mab,',
    );
    expect(Object.fromEntries(found)).toEqual({
      UserName: ['alice'],
      Step: ['1', '2'],
      dn: ['CN=PC,OU=Laptops,DC=example'],
      note: ['a\\, b'],
      'cisco-av-pair': ['method=mab'],
    });
  });
  it('takes what a relay puts at the end of a message off', () => {
    expect(readAttributes('Location=HQ,#15').get('Location')).toEqual(['HQ']);
    expect(readAttributes('Location=HQ, #15').get('Location')).toEqual(['HQ']);
  });
  it('joins a piece without a name to the value before it', () => {
    expect(readAttributes('Reason=no, not now, User=bob').get('Reason')).toEqual(['no, not now']);
    expect(readAttributes('cut off, User=bob').size).toBe(1);
  });
  it('survives names of the prototype', () => {
    const found = readAttributes('__proto__=x, constructor=y');
    expect(first(found, 'constructor')).toBe('y');
    expect(first(found, 'toString')).toBeUndefined();
  });
});

describe('fieldName', () => {
  it.each([
    ['Device IP Address', 'device_ip_address'],
    ['cisco-av-pair', 'cisco_av_pair'],
    ['ISEPolicySetName', 'ise_policy_set_name'],
    ['EndPointMACAddress', 'end_point_mac_address'],
    ['__proto__', 'proto'],
  ])('%s', (attribute, name) => {
    expect(fieldName(attribute)).toBe(name);
  });
});
