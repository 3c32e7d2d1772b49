import type { EcsFields, EcsScalar } from '@vigie/contracts';
import { ALLOWED, type EcsType, ecsField } from './ecs-types.ts';
import { parseIp } from './ip.ts';

const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** The top-level names ECS owns: an unknown field below one of them is a misspelt ECS field. */
const OWNED = new Set(
  'agent client cloud container data_stream destination device dll dns ecs email error event faas file group hash host http log network observer orchestrator organization package process registry related rule server service source span threat tls trace transaction url user user_agent volume vulnerability'.split(
    ' ',
  ),
);
const FREE = ['log.syslog.structured_data.', 'dns.answers.', 'container.labels.', 'labels.'];

function fits(type: EcsType, value: EcsScalar): boolean {
  switch (type) {
    case 'keyword':
      return typeof value === 'string' && value !== '';
    case 'ip':
      return typeof value === 'string' && parseIp(value) === value;
    case 'long':
      // A count beyond 2^53 is inexact, but still a 64-bit integer.
      return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 63;
    case 'float':
      return typeof value === 'number' && Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'date':
      return typeof value === 'string' && DATE.test(value) && !Number.isNaN(Date.parse(value));
    default:
      return true;
  }
}

/**
 * Checks a document against ECS: every ECS field has ECS's type, fields that ECS normalises as arrays are
 * lists, categorisation values are allowed ones, and no field below an ECS name is unknown to ECS.
 *
 * @returns one sentence a fault; empty where the document is right
 */
export function checkDocument(fields: EcsFields): string[] {
  const faults: string[] = [];
  for (const [field, value] of Object.entries(fields)) {
    // The original of an empty log is empty.
    if (field === 'event.original' && value === '') continue;
    const definition = ecsField(field);
    const values = Array.isArray(value) ? value : [value];
    if (definition === undefined) {
      const top = field.slice(0, Math.max(0, field.indexOf('.')));
      if (OWNED.has(top) && !FREE.some((prefix) => field.startsWith(prefix)))
        faults.push(`${field} is not an ECS field`);
      for (const item of values)
        if (
          typeof item === 'number'
            ? !Number.isFinite(item)
            : item === '' || item === null || typeof item === 'object'
        )
          faults.push(`${field} holds ${JSON.stringify(item)}`);
      continue;
    }
    if (definition.list && !Array.isArray(value)) faults.push(`${field} is a list in ECS`);
    for (const item of values)
      if (!fits(definition.type, item))
        faults.push(`${field} is ${definition.type} in ECS, not ${JSON.stringify(item)}`);
    const allowed = Object.hasOwn(ALLOWED, field)
      ? (ALLOWED[field as keyof typeof ALLOWED] as readonly EcsScalar[])
      : undefined;
    if (allowed !== undefined)
      for (const item of values)
        if (!allowed.includes(item)) faults.push(`${field} may not be ${JSON.stringify(item)}`);
  }
  return faults;
}
