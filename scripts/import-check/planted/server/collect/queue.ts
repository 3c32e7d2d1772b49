export const QUEUE = 'queue';
