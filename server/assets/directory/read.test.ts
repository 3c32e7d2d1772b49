import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guidText, sidText } from './binary.ts';
import { type DirectoryOptions, type DirectoryRecord, readDirectory, recordOf } from './read.ts';
import { BASE, READER, SLAPD, Slapd } from './testing/slapd.ts';

const GUID = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const SID = Buffer.from('010500000000000515000000010000000200000003000000e9030000', 'hex');

describe('what Active Directory numbers', () => {
  it('reads objectGUID and objectSid as Windows writes them, and nothing else as them', () => {
    expect(guidText(GUID)).toBe('33221100-5544-7766-8899-aabbccddeeff');
    expect(sidText(SID)).toBe('S-1-5-21-1-2-3-1001');
    expect(guidText(Buffer.alloc(15))).toBeUndefined();
    expect(sidText(Buffer.from('0105000000000005', 'hex'))).toBeUndefined();
    expect(sidText(Buffer.alloc(0))).toBeUndefined();
  });

  it('makes one line of what a directory says, whatever it holds', () => {
    const record = recordOf(
      {
        dn: 'cn=x',
        objectClass: ['inetOrgPerson'],
        uid: 'ana',
        cn: 'Ana\n\u2028<script>',
        department: 'x'.repeat(500),
      },
      { base: BASE },
    );
    expect(record).toMatchObject({
      name: 'Ana <script>',
      identifiers: [{ type: 'account', value: 'dom\\ana' }],
    });
    expect(record?.patch.owner).toHaveLength(200);
    expect(
      recordOf({ dn: 'cn=x', objectClass: 'inetOrgPerson', cn: 'Nobody' }, { base: BASE }),
    ).toBeUndefined();
  });
});

const LDIF = `dn: ${BASE}
objectClass: dcObject
objectClass: organization
dc: dom
o: Dom

dn: cn=reader,${BASE}
objectClass: person
cn: reader
sn: reader
userPassword: ${READER.password}

dn: cn=Ana Rossi,${BASE}
objectClass: inetOrgPerson
objectClass: adEntry
cn: Ana Rossi
sn: Rossi
sAMAccountName: ana
userPrincipalName: ana@dom.example
mail: Ana.Rossi@clinic.example
telephoneNumber: +39 0123 45
memberOf: CN=Domain Admins,OU=IT\\, Infra,DC=dom,DC=example
objectGUID:: ${GUID.toString('base64')}
objectSid:: ${SID.toString('base64')}

dn: cn=MRI-01,${BASE}
objectClass: computer
objectClass: adEntry
cn: MRI-01
sAMAccountName: MRI-01$
dNSHostName: mri-01.dom.example
operatingSystem: Windows 10 Enterprise
operatingSystemVersion: 10.0 (19045)

${Array.from({ length: 230 }, (_, n) => `dn: uid=user${n},${BASE}\nobjectClass: inetOrgPerson\ncn: User ${n}\nsn: ${n}\nuid: user${n}\n`).join('\n')}`;

describe.skipIf(SLAPD === undefined)('a directory (slapd)', () => {
  let slapd: Slapd;
  let options: DirectoryOptions;
  beforeAll(async () => {
    slapd = await Slapd.start(LDIF);
    options = {
      url: slapd.ldapsUrl,
      bindDn: READER.dn,
      password: READER.password,
      base: BASE,
      ca: readFileSync(slapd.ca, 'utf8'),
      serverName: 'dc01.dom.example',
      adminGroups: ['cn=domain admins, ou=IT\\, Infra, dc=dom, dc=example'],
      pageSize: 50,
    };
  });
  afterAll(() => slapd?.stop());

  async function read(changed: Partial<DirectoryOptions> = {}): Promise<DirectoryRecord[]> {
    const all: DirectoryRecord[] = [];
    for await (const page of readDirectory({ ...options, ...changed })) all.push(...page);
    return all;
  }

  it('is read over LDAPS, page by page, machines and people with all their identifiers', async () => {
    const records = await read();
    expect(records).toHaveLength(232);
    expect(records.find(({ name }) => name === 'Ana Rossi')).toEqual({
      kind: 'user',
      name: 'Ana Rossi',
      identifiers: [
        { type: 'guid', value: 'ad:33221100-5544-7766-8899-aabbccddeeff' },
        { type: 'sid', value: 's-1-5-21-1-2-3-1001' },
        { type: 'address', value: 'ana@dom.example' },
        { type: 'address', value: 'ana.rossi@clinic.example' },
        { type: 'account', value: 'dom\\ana' },
      ],
      patch: { type: 'admin', owner: '', phone: '+39 0123 45', site: '' },
    });
    expect(records.find(({ kind }) => kind === 'host')).toMatchObject({
      identifiers: [
        // OpenLDAP's own number of the entry.
        { type: 'guid', value: expect.stringMatching(/^ad:[0-9a-f-]{36}$/) },
        { type: 'fqdn', value: 'mri-01.dom.example' },
        { type: 'name', value: 'mri-01' },
      ],
      patch: { type: 'workstation' },
      os: 'Windows 10 Enterprise 10.0 (19045)',
    });
  });

  it('is read over LDAP only after StartTLS, and filtered as asked', async () => {
    expect(await read({ url: slapd.ldapUrl, filter: '(sAMAccountName=ana)' })).toHaveLength(1);
    expect(await read({ filter: '(uid=user1\\2a)' })).toHaveLength(0);
  });

  it('machine in the middle: a certificate of nobody we know, or of another name, ends it before the password is sent', async () => {
    const { ca: _, ...unknown } = options;
    const all = async (one: DirectoryOptions) => {
      for await (const page of readDirectory(one)) void page;
    };
    await expect(all(unknown)).rejects.toThrow(/self.signed|certificate/i);
    await expect(all({ ...unknown, url: slapd.ldapUrl })).rejects.toThrow(/self.signed|certificate/i);
    await expect(read({ serverName: 'evil.example' })).rejects.toThrow(/altnames|certificate/i);
    await expect(read({ url: slapd.ldapUrl, serverName: 'evil.example' })).rejects.toThrow(
      /altnames|certificate/i,
    );
  });

  it('anonymous bind: an empty password is refused before anything is sent; a wrong one is not told in the error', async () => {
    await expect(read({ password: '' })).rejects.toThrow('needs a name and a password');
    const wrong = await read({ password: 'wrong-secret' }).catch((error: Error) => error);
    expect(String(wrong)).toMatch(/credentials/i);
    expect(JSON.stringify(wrong, Object.getOwnPropertyNames(wrong))).not.toContain('wrong-secret');
  });

  it('filter injection: what is no filter is refused, not mended', async () => {
    await expect(read({ filter: '(uid=x))(objectClass=*' })).rejects.toThrow();
  });
});
