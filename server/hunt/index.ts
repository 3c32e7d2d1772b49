export { Backtest, type BacktestOptions, type BacktestRefusal, DEFAULT_FOLD_FIELDS } from './backtest.ts';
export type * from './ports.ts';
export { parseQuery } from './query.ts';
