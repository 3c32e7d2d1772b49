export { AddressGuard } from './address-guard.ts';
export { type Connector, connectorType } from './connector.ts';
export { CONNECTORS } from './connectors.generated.ts';
export { PullError, passesByItself } from './errors.ts';
export { formFields, secretNames } from './fields.ts';
export type * from './ports.ts';
export { PullRunner, type RunnerOptions } from './runner.ts';
export { checkSettings } from './settings.ts';
