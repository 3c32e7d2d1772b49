import { type Language, type OpenLoad, WAITING_MOST, type WaitingForClient } from '@vigie/contracts/api';
import type { HomeBook, Identity, Scope } from '../api/index.ts';
import { sideOf } from '../api/side.ts';
import { progressOf } from '../procedures/index.ts';
import type { HomeStore } from '../storage/state/home-store.ts';
import type { IncidentProcedureStore } from '../storage/state/incident-procedure-store.ts';
import { requestView } from './collaboration/views.ts';
import { wordsIn } from './procedure-views.ts';

export interface HomeOptions {
  readonly store: HomeStore;
  readonly procedures: Pick<IncidentProcedureStore, 'list'>;
  readonly now: () => number;
}

/** Answers for the pages that people begin on. */
export class Home implements HomeBook {
  readonly #options: HomeOptions;

  constructor(options: HomeOptions) {
    this.#options = options;
  }

  async waiting(identity: Identity, tenants: Scope, language: Language): Promise<WaitingForClient> {
    const { store, now } = this.#options;
    const records = await store.requests({ scope: tenants, side: sideOf(identity) }, WAITING_MOST);
    return {
      requests: records.map((record) => {
        const view = requestView(record, identity, now());
        const { id, kind, title, text, risk, askedBy, askedAt, dueAt, overdue, mayAnswer } = view;
        return {
          ...{ id, kind, risk, askedBy, askedAt, dueAt, overdue, mayAnswer },
          text: title ?? text,
          incident: record.incident,
        };
      }),
      steps: identity.permissions.has('procedures.read') ? await this.#steps(tenants, language) : [],
    };
  }

  async #steps(tenants: Scope, language: Language): Promise<WaitingForClient['steps']> {
    const { store, procedures } = this.#options;
    const incidents = new Map((await store.withProcedures(tenants, 200)).map((one) => [one.id, one]));
    const attached = await procedures.list(tenants, [...incidents.keys()]);
    return attached
      .flatMap(({ incident, id, procedure, steps }) => {
        const about = incidents.get(incident);
        if (about === undefined) return [];
        const words = wordsIn(procedure, language);
        const { passed } = progressOf(procedure.file, steps);
        const settled = new Set(steps.flatMap(({ step, state }) => (state === null ? [] : [step])));
        return procedure.file.steps
          .filter((step) => step.by === 'client' && !passed.has(step.id) && !settled.has(step.id))
          .map((step) => ({
            incident: about,
            procedure: id,
            step: step.id,
            title: words.steps[step.id]?.title ?? step.id,
          }));
      })
      .slice(0, WAITING_MOST);
  }

  load(tenants: Scope): Promise<OpenLoad> {
    return this.#options.store.load(tenants, this.#options.now());
  }
}
