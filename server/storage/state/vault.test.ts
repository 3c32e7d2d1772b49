import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Vault } from './vault.ts';

const OWNER = ['connector', 'acme', 'cloud', 'okta-system-log'];
const TEXT = 'the secret of acme';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-vault-'));
  file = join(folder, 'secret.key');
});
afterEach(() => rmSync(folder, { recursive: true }));

const code = (name: string) => expect.objectContaining({ code: `VIGIE_SECRETS_${name}` });

describe('the vault', () => {
  test('makes a key that only its owner may read, and opens with it after a restart', () => {
    const sealed = Vault.open(file, undefined).seal(TEXT, OWNER);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(sealed).not.toContain(TEXT);
    expect(Vault.open(file, undefined).open(sealed, OWNER)).toBe(TEXT);
    expect(Vault.open(file, undefined).seal(TEXT, OWNER)).not.toBe(sealed);
  });

  test('opens for nobody else: another tenant, source or connector', () => {
    const vault = Vault.open(file, undefined);
    const sealed = vault.seal(TEXT, OWNER);
    for (const other of [
      ['connector', 'globex', 'cloud', 'okta-system-log'],
      ['connector', 'acme', 'other', 'okta-system-log'],
      ['connector', 'acme', 'cloud', 'http-poller'],
      ['connector', 'acmecloud', '', 'okta-system-log'],
      [],
    ])
      expect(() => vault.open(sealed, other)).toThrow(code('DAMAGED'));
  });

  test('opens nothing that was changed, in any part', () => {
    const vault = Vault.open(file, undefined);
    const parts = vault.seal(TEXT, OWNER).split('.');
    for (let i = 2; i < parts.length; i++) {
      const changed = [...parts];
      const bytes = Buffer.from(parts[i]!, 'base64url');
      bytes[0]! ^= 1;
      changed[i] = bytes.toString('base64url');
      expect(() => vault.open(changed.join('.'), OWNER)).toThrow(code('DAMAGED'));
    }
    const short = [...parts];
    short[3] = Buffer.from(parts[3]!, 'base64url').subarray(0, 4).toString('base64url');
    expect(() => vault.open(short.join('.'), OWNER)).toThrow(code('DAMAGED'));
    for (const odd of ['', 'v1', 'v2.a.b.c.d', '....']) expect(() => vault.open(odd, OWNER)).toThrow();
  });

  test('a key that is not here is named, by its id', () => {
    const sealed = Vault.open(file, undefined).seal(TEXT, OWNER);
    const other = Vault.open(join(folder, 'other.key'), undefined);
    expect(() => other.open(sealed, OWNER)).toThrow(code('UNKNOWN_KEY'));
  });

  test('keys are replaced: the old one opens until it is dropped', () => {
    const vault = Vault.open(file, undefined);
    const sealed = vault.seal(TEXT, OWNER);
    const before = vault.keyId;
    vault.addKey();
    expect(vault.keyId).not.toBe(before);
    expect(vault.isOld(sealed)).toBe(true);
    const again = Vault.open(file, undefined);
    const resealed = again.seal(again.open(sealed, OWNER), OWNER);
    expect(again.dropOldKeys()).toEqual([before]);
    expect(Vault.open(file, undefined).open(resealed, OWNER)).toBe(TEXT);
    expect(() => Vault.open(file, undefined).open(sealed, OWNER)).toThrow(code('UNKNOWN_KEY'));
  });

  test('keys from the environment: the first encrypts, all open', () => {
    const [a, b] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)].map((key) => key.toString('base64'));
    const sealed = Vault.open(file, a).seal(TEXT, OWNER);
    const vault = Vault.open(file, `${b},${a}`);
    expect(vault.open(sealed, OWNER)).toBe(TEXT);
    expect(vault.isOld(sealed)).toBe(true);
    expect(() => Vault.open(file, 'too short')).toThrow(code('KEY'));
  });

  test('a key file that others may read is refused', () => {
    Vault.open(file, undefined);
    chmodSync(file, 0o640);
    expect(() => Vault.open(file, undefined)).toThrow(code('KEY'));
    chmodSync(file, 0o600);
    writeFileSync(file, 'nonsense\n');
    expect(() => Vault.open(file, undefined)).toThrow(code('KEY'));
  });

  test('shows its keys to nobody', () => {
    const vault = Vault.open(file, undefined);
    const key = readFileSync(file, 'utf8').split('\n')[1]!;
    expect(key).toHaveLength(44);
    for (const shown of [inspect(vault, { depth: 9, showHidden: true }), JSON.stringify({ vault })])
      expect(shown).not.toContain(key.slice(0, 12));
  });
});
