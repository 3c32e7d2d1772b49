export const CONTRACT = 'contracts';
