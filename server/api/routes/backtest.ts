import { BacktestRequest, BacktestResult } from '@vigie/contracts/api';
import type { Api } from '../api.ts';
import { ApiFailure } from '../errors.ts';
import { identityOf, requirePermission } from '../identity.ts';
import type { ApiServices } from '../ports.ts';

/** Rules held against stored events. */
export function backtestRoutes(app: Api, services: ApiServices): void {
  app.post(
    '/api/rules/backtest',
    {
      config: { access: 'rules.test' },
      schema: { body: BacktestRequest, response: { 200: BacktestResult } },
    },
    async (request) => {
      const identity = identityOf(request);
      // What it finds is shown as events.
      requirePermission(identity, 'events.read');
      const { tenants: asked, ...wanted } = request.body;
      const visible = services.tenants.list(identity.scope).map((tenant) => tenant.id);
      const tenants = asked === undefined ? visible : asked.filter((id) => visible.includes(id));
      const result = await services.backtest.run(wanted, tenants);
      if ('message' in result)
        throw result.code === 'not_found'
          ? new ApiFailure(404, 'VIGIE_API_NOT_FOUND', result.message)
          : new ApiFailure(400, 'VIGIE_API_RULE', result.message);
      return result;
    },
  );
}
