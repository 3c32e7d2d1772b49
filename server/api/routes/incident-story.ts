import type { IncidentView, Language, Side } from '@vigie/contracts/api';
import type { FastifyRequest } from 'fastify';
import { identityOf } from '../identity.ts';
import { languageOf } from '../language.ts';
import type { Scope } from '../ports.ts';
import { sideOf } from '../side.ts';
import { viewerOf } from './queue.ts';

/** For whom the story of an incident is told. */
export interface Reader {
  /** The account that looks; undefined: nobody whose looks count. */
  readonly viewer?: string | undefined;
  /** Left out: the client's, which sees less. */
  readonly side?: Side;
  /** Left out: English. */
  readonly language?: Language;
}

/** Tells an incident. @throws 404 when it is not in the scope */
export type TellStory = (scope: Scope, id: number, reader?: Reader) => Promise<IncidentView>;

/** The caller, in the language that they ask for. */
export function readerOf(request: FastifyRequest): Reader {
  const identity = identityOf(request);
  return { viewer: viewerOf(identity), side: sideOf(identity), language: languageOf(request) };
}
