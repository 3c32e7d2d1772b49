export type { paths } from './api.generated.ts';
export { createClient, type VigieClient, type VigieClientOptions } from './client.ts';
export { VigieError } from './error.ts';
export { type ListPath, pages } from './pages.ts';
