import {
  MAX_PASTED_EVENT,
  MAX_RULE_TEXT,
  RuleCheck,
  RuleExplain,
  RuleExplanation,
  RuleValidation,
  SigmaFields,
  SigmaFieldsQuery,
  SigmaVocabulary,
} from '@vigie/contracts/api';
import type { Api } from '../api.ts';
import { notFound } from '../errors.ts';
import { identityOf, requireProvider, requireTenant } from '../identity.ts';
import type { ApiServices } from '../ports.ts';
import { failureOf } from './rule-versions.ts';

/** A character may take six bytes of JSON (`\u0000`). */
const BODY = 6 * (2 * MAX_RULE_TEXT + MAX_PASTED_EVENT);

/** What helps to write a rule; nothing of it changes anything. */
export function ruleToolRoutes(app: Api, services: ApiServices): void {
  app.post(
    '/api/rules/validate',
    {
      config: { access: 'rules.test' },
      bodyLimit: BODY,
      schema: { body: RuleValidation, response: { 200: RuleCheck } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      return services.workshop.validate(request.body);
    },
  );

  app.post(
    '/api/rules/explain',
    {
      config: { access: 'rules.test' },
      bodyLimit: BODY,
      schema: { body: RuleExplain, response: { 200: RuleExplanation } },
    },
    async (request) => {
      const identity = identityOf(request);
      const { event: wanted, ...rest } = request.body;
      // Versions are the provider's; the rules in force are everybody's.
      if (rest.version !== undefined) requireProvider(identity);
      if (rest.id !== undefined && rest.text === undefined)
        if ((await services.rules.get(rest.id, identity.scope)) === undefined) throw notFound('rule');
      if (wanted !== undefined) requireTenant(identity, wanted.tenant);
      const event = wanted && (await services.events.get(wanted.tenant, wanted.id, wanted.at));
      if (wanted !== undefined && event === undefined) throw notFound('event');
      const explained = await services.workshop.explain(rest, event);
      if ('refused' in explained) throw failureOf(explained);
      return explained;
    },
  );

  app.get(
    '/api/sigma/vocabulary',
    { config: { access: 'rules.test' }, schema: { response: { 200: SigmaVocabulary } } },
    async () => services.workshop.vocabulary(),
  );

  app.get(
    '/api/sigma/fields',
    {
      config: { access: 'rules.test' },
      schema: { querystring: SigmaFieldsQuery, response: { 200: SigmaFields } },
    },
    async (request) => services.workshop.fields(request.query),
  );
}
