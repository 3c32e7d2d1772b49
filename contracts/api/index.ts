export * from './access.ts';
export * from './backtest.ts';
export * from './common.ts';
export * from './events.ts';
export * from './incidents.ts';
export * from './rules.ts';
export * from './sources.ts';
export * from './system.ts';
