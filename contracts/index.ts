export * from './asset-words.ts';
export * from './detection.ts';
export * from './ecs.ts';
export * from './event.ts';
export * from './query.ts';
export * from './raw-log.ts';
