import { z } from 'zod';

/** One directory that assets are read from. */
export const DirectorySchema = z.strictObject({
  tenant: z.string().min(1),
  name: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/),
  /** `ldaps://…`, or `ldap://…`, which is made safe with StartTLS. */
  url: z.string().regex(/^ldaps?:\/\/[^/?#@\s]+$/, 'ldaps://host or ldap://host, with or without a port'),
  bindDn: z.string().min(1),
  /** A file that only Vigie can read; the password is its content. */
  passwordFile: z.string().min(1),
  base: z.string().min(1),
  /** PEM file of the authorities that signed the server's certificate. */
  ca: z.string().optional(),
  serverName: z.string().optional(),
  /** NetBIOS name of the domain; left out: the first DC of the base. */
  domain: z.string().optional(),
  filter: z.string().optional(),
  adminGroups: z.array(z.string()).max(50).default([]),
  everyMinutes: z.int().min(5).max(10_080).default(360),
});
