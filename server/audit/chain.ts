import { createHash, randomBytes } from 'node:crypto';
import { canonicalJson } from '@vigie/contracts/canonical-json.ts';
import type { AuditEntry, AuditRecord, ChainHead, Erased, PersonalData } from './ports.ts';

/** Version of what is hashed. */
const FORM = 1;
const SALT_LENGTH = 16;

/** SHA-256 of a record's content, the previous record's hash among it. Personal data is in it by commitment only. */
export function hashOf(record: Omit<AuditRecord, 'hash' | 'personal'>): string {
  const { seq, at, tenant, actor, action, object, outcome, status, commitments, erased, prev } = record;
  return createHash('sha256')
    .update(
      canonicalJson({
        v: FORM,
        seq,
        at,
        tenant,
        actor: { kind: actor.kind, id: actor.id },
        action,
        object: object === null ? null : { kind: object.kind, id: object.id },
        outcome,
        status,
        commitments: { actor: commitments.actor, subject: commitments.subject },
        erased: erased === null ? null : { actor: erased.actor, subject: erased.subject },
        prev,
      }),
    )
    .digest('hex');
}

/**
 * SHA-256 of salt and data. The salt is random and kept with the data only, so once both are erased, guessing the
 * data does not help anybody.
 */
export function commitmentOf({ salt, data }: PersonalData): string {
  return createHash('sha256').update(Buffer.from(salt, 'hex')).update(data).digest('hex');
}

/** Makes the next link of the chain. */
export function seal(entry: AuditEntry, head: ChainHead, erased?: Erased): AuditRecord {
  const { who, about, ...open } = entry;
  const personal = { actor: personalOf(who), subject: personalOf(about) };
  const record = {
    ...open,
    seq: head.seq + 1,
    commitments: {
      actor: personal.actor === null ? null : commitmentOf(personal.actor),
      subject: personal.subject === null ? null : commitmentOf(personal.subject),
    },
    erased: erased ?? null,
    prev: head.hash,
  };
  return { ...record, hash: hashOf(record), personal };
}

function personalOf(data: object | undefined): PersonalData | null {
  if (data === undefined) return null;
  const text = canonicalJson(storable(data));
  return text === '{}' ? null : { salt: randomBytes(SALT_LENGTH).toString('hex'), data: text };
}

/** Without what PostgreSQL's text cannot hold: NUL, and halves of surrogate pairs, which have no UTF-8. */
export function wellFormed(text: string): string {
  return text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\uFFFD');
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [storable(key) as string, storable(one)]),
  );
}
