import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/**
 * Failures of the vault.
 *
 * | code | meaning |
 * |---|---|
 * | `VIGIE_SECRETS_KEY` | the key is no key, or its file can be read by others |
 * | `VIGIE_SECRETS_UNKNOWN_KEY` | a secret was encrypted with a key that is not here |
 * | `VIGIE_SECRETS_DAMAGED` | a secret was changed, or belongs to something else |
 */
export type VaultErrorCode = 'VIGIE_SECRETS_KEY' | 'VIGIE_SECRETS_UNKNOWN_KEY' | 'VIGIE_SECRETS_DAMAGED';

/** A coded failure of the vault; its message holds neither keys nor secrets. */
export class VaultError extends Error {
  readonly code: VaultErrorCode;

  constructor(code: VaultErrorCode, message: string) {
    super(message);
    this.name = 'VaultError';
    this.code = code;
  }
}

interface Key {
  /** First eight hexadecimal digits of a digest of the key. */
  readonly id: string;
  readonly bytes: Buffer;
}

const FORM = 'v1';
const KEY_LENGTH = 32;
/** NIST SP 800-38D, section 8.2.2: 96 random bits, for fewer than 2^32 messages of a key. */
const IV_LENGTH = 12;
const TAG_LENGTH = 16;

/**
 * Encrypts what Vigie must keep and be able to read: AES-256-GCM with a key of the installation. What a secret
 * belongs to is bound to it as additional data, so that a row copied elsewhere does not open. The form is
 * `v1.<key id>.<iv>.<tag>.<text>`, so that keys can be replaced.
 */
export class Vault {
  #keys: readonly [Key, ...Key[]];
  /** File of the keys; undefined: they come from the environment. */
  readonly #file: string | undefined;

  private constructor(keys: readonly [Key, ...Key[]], file: string | undefined) {
    this.#keys = keys;
    this.#file = file;
  }

  /**
   * Takes the keys from the environment, or else from the file, which is made when there is none.
   *
   * @param given value of `VIGIE_SECRET_KEY`: 32 bytes in base64, or several with commas between, the one that
   *   encrypts first
   * @throws VaultError `VIGIE_SECRETS_KEY`
   */
  static open(file: string, given: string | undefined): Vault {
    if (given !== undefined && given.trim() !== '')
      return new Vault(readKeys(given.split(','), 'VIGIE_SECRET_KEY'), undefined);
    if (!existsSync(file)) writeKeys(file, [makeKey()]);
    const { mode, uid } = statSync(file);
    if ((mode & 0o077) !== 0 || (process.getuid !== undefined && uid !== process.getuid()))
      throw new VaultError(
        'VIGIE_SECRETS_KEY',
        `${file} must belong to the user that runs Vigie, and only that user may read it (chmod 600)`,
      );
    return new Vault(readKeys(readFileSync(file, 'utf8').split('\n'), file), file);
  }

  /** Id of the key that encrypts. */
  get keyId(): string {
    return this.#keys[0].id;
  }

  /** @param owner what the secret belongs to, e.g. tenant, source and connector */
  seal(text: string, owner: readonly string[]): string {
    const key = this.#keys[0];
    const iv = randomBytes(IV_LENGTH);
    const cipher = createCipheriv('aes-256-gcm', derived(key), iv, { authTagLength: TAG_LENGTH });
    cipher.setAAD(additional(key.id, owner));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return [
      FORM,
      key.id,
      ...[iv, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url')),
    ].join('.');
  }

  /** @throws VaultError when the key is not here, or anything of it was changed */
  open(sealed: string, owner: readonly string[]): string {
    const [form, id, iv = '', tag = '', text = ''] = sealed.split('.');
    const key = this.#keys.find((one) => one.id === id);
    if (form !== FORM || id === undefined) throw damaged();
    if (key === undefined)
      throw new VaultError('VIGIE_SECRETS_UNKNOWN_KEY', `the key ${id} that a secret needs is not here`);
    try {
      const decipher = createDecipheriv('aes-256-gcm', derived(key), Buffer.from(iv, 'base64url'), {
        authTagLength: TAG_LENGTH,
      });
      decipher.setAAD(additional(key.id, owner));
      decipher.setAuthTag(Buffer.from(tag, 'base64url'));
      return Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]).toString(
        'utf8',
      );
    } catch {
      // Why it does not open is nobody's business; that it does not is told.
      throw damaged();
    }
  }

  /**
   * Proof that a text came from this installation: HMAC-SHA-256 with a key of its own for each purpose, in base64url.
   *
   * @param purpose what the proof is for; one of another purpose proves nothing
   */
  sign(text: string, purpose: string): string {
    return proof(this.#keys[0], text, purpose).toString('base64url');
  }

  /** Whether {@link sign} gave this proof, with any of the keys that are still here. */
  verify(text: string, given: string, purpose: string): boolean {
    const bytes = Buffer.from(given, 'base64url');
    return this.#keys.some((key) => {
      const wanted = proof(key, text, purpose);
      return bytes.length === wanted.length && timingSafeEqual(bytes, wanted);
    });
  }

  /** Whether a secret is encrypted with another key than the first. */
  isOld(sealed: string): boolean {
    return sealed.split('.')[1] !== this.keyId;
  }

  /**
   * Begins to encrypt with a new key; the old ones still open. Where the keys come from the environment, its
   * first one is the new one already.
   */
  addKey(): void {
    if (this.#file === undefined) return;
    const keys = [makeKey(), ...this.#keys] as const;
    writeKeys(this.#file, keys);
    this.#keys = keys;
  }

  /** Forgets all keys but the first, once nothing needs them any more. @returns ids of those forgotten */
  dropOldKeys(): string[] {
    const [first, ...old] = this.#keys;
    if (this.#file === undefined) return [];
    writeKeys(this.#file, [first]);
    this.#keys = [first];
    return old.map(({ id }) => id);
  }

  toJSON(): string {
    return '[vault]';
  }
}

function damaged(): VaultError {
  return new VaultError('VIGIE_SECRETS_DAMAGED', 'a secret was changed, or belongs to something else');
}

/** A key of its own for this purpose, so that the same file can serve others. */
function derived({ bytes }: Key): Buffer {
  return Buffer.from(hkdfSync('sha256', bytes, '', 'vigie secrets v1', KEY_LENGTH));
}

function proof({ bytes }: Key, text: string, purpose: string): Buffer {
  const key = Buffer.from(hkdfSync('sha256', bytes, '', `vigie proof v1 ${purpose}`, KEY_LENGTH));
  return createHmac('sha256', key).update(text).digest();
}

/** Lengths before the parts, so that no two owners read alike. */
function additional(keyId: string, owner: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify([FORM, keyId, ...owner]));
}

function keyOf(bytes: Buffer): Key {
  return { id: createHash('sha256').update('vigie key id\0').update(bytes).digest('hex').slice(0, 8), bytes };
}

function makeKey(): Key {
  return keyOf(randomBytes(KEY_LENGTH));
}

function readKeys(texts: readonly string[], where: string): readonly [Key, ...Key[]] {
  const [first, ...rest] = texts
    .map((text) => text.trim())
    .filter((text) => text !== '' && !text.startsWith('#'))
    .map((text) => {
      const bytes = Buffer.from(text, 'base64');
      if (bytes.length !== KEY_LENGTH)
        throw new VaultError(
          'VIGIE_SECRETS_KEY',
          `${where}: a key is 32 bytes in base64 (openssl rand -base64 32)`,
        );
      return keyOf(bytes);
    });
  if (first === undefined) throw new VaultError('VIGIE_SECRETS_KEY', `${where}: no key`);
  return [first, ...rest];
}

/** Whole or not at all: a key half written would be secrets lost. */
function writeKeys(file: string, keys: readonly Key[]): void {
  const next = `${file}.next`;
  const handle = openSync(next, 'w', 0o600);
  try {
    writeSync(
      handle,
      `# Keys of Vigie's secrets; the first one encrypts. Keep a copy apart from the database's.\n${keys
        .map(({ bytes }) => bytes.toString('base64'))
        .join('\n')}\n`,
    );
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(next, file);
  const folder = openSync(dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
