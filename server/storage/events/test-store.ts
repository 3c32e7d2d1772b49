/** What the tests of the event store share: its child process, bundled once, and events of our own making. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EcsFields, Event } from '@vigie/contracts';
import { build } from 'esbuild';
import type { EventStoreOptions, SupervisedEventStore } from './options.ts';
import { openEventStore } from './store.ts';

/** Bundles the child as the build does; it must lie below `node_modules` to find chDB. */
export async function bundleChild(): Promise<string> {
  const folder = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', 'vigie-test');
  await mkdir(folder, { recursive: true });
  const outfile = join(folder, `events-child-${process.pid}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, 'chdb-child.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'error',
  });
  return outfile;
}

/** Stores of one test file in folders of their own; `cleanUp` closes and removes them all. */
export class TestStores {
  readonly #stores: SupervisedEventStore[] = [];
  readonly #folders: string[] = [];
  #child: string | undefined;

  async folder(): Promise<string> {
    const made = await mkdtemp(join(tmpdir(), 'vigie-events-'));
    this.#folders.push(made);
    return made;
  }

  async childPath(): Promise<string> {
    this.#child ??= await bundleChild();
    return this.#child;
  }

  async open(directory?: string, options: Partial<EventStoreOptions> = {}): Promise<SupervisedEventStore> {
    const store = await openEventStore({
      directory: directory ?? (await this.folder()),
      childPath: await this.childPath(),
      ...options,
    });
    this.#stores.push(store);
    return store;
  }

  async cleanUp(): Promise<void> {
    for (const store of this.#stores) await store.close();
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true });
    if (this.#child) await rm(this.#child, { force: true });
  }
}

/** 32 hexadecimal digits that are different for each number. */
export function idOf(number: number): string {
  return number.toString(16).padStart(32, '0');
}

/** An event of tenant `acme`, received at its own time, with what every event carries. */
export function eventOf(number: number, time: number, fields: EcsFields = {}, tenant = 'acme'): Event {
  return {
    id: idOf(number),
    tenant,
    source: 'syslog',
    time,
    receivedAt: Math.floor(time),
    fields: {
      '@timestamp': new Date(time).toISOString(),
      'event.module': 'linux',
      'event.dataset': 'linux.sshd',
      'event.original': `line ${number}`,
      ...fields,
    },
  };
}

/** Waits until `condition` holds. @throws Error after `within` milliseconds */
export async function until(condition: () => boolean | Promise<boolean>, within = 30_000): Promise<void> {
  const end = Date.now() + within;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('not within time');
    await new Promise((wake) => setTimeout(wake, 20));
  }
}
