import { keyedId } from '../../../ingest/event-id.ts';
import type { SourceBinding } from '../../ports.ts';
import { type TestPorts, testPorts } from '../../testing/ports.ts';
import { temporaryFolder } from '../../testing/senders.ts';
import type { WefLimits } from '../options.ts';
import { startWef, type WefCollector } from '../server.ts';
import { type Identity, TestAuthority } from './authority.ts';
import { MemoryStore } from './memory-store.ts';
import { WindowsClientStandIn } from './windows-client-stand-in.ts';

export const HARBOUR: SourceBinding = { tenant: 'harbour', source: 'windows' };
export const ABBEY: SourceBinding = { tenant: 'abbey', source: 'windows' };

/** A listener with two hospitals, each with an authority of its own, and one authority that nobody trusts. */
export class WefBench {
  readonly harbour: TestAuthority;
  readonly abbey: TestAuthority;
  readonly foreign: TestAuthority;
  readonly server: Identity;
  readonly store = new MemoryStore();
  ports: TestPorts = testPorts();
  collector!: WefCollector;
  readonly #folder: ReturnType<typeof temporaryFolder>;
  readonly #machines: WindowsClientStandIn[] = [];

  private constructor(
    folder: ReturnType<typeof temporaryFolder>,
    [harbour, abbey, foreign]: readonly [TestAuthority, TestAuthority, TestAuthority],
    server: Identity,
  ) {
    this.#folder = folder;
    this.harbour = harbour;
    this.abbey = abbey;
    this.foreign = foreign;
    this.server = server;
  }

  static async open(): Promise<WefBench> {
    const folder = temporaryFolder('wef');
    const authorities = await Promise.all([
      TestAuthority.create(folder.path, 'Harbour Hospital CA'),
      TestAuthority.create(folder.path, 'Abbey Hospital CA'),
      TestAuthority.create(folder.path, 'Foreign CA'),
    ] as const);
    const server = await authorities[0].issue({
      name: 'localhost',
      dns: ['localhost', '127.0.0.1'],
      usage: 'serverAuth',
    });
    return new WefBench(folder, authorities, server);
  }

  /** Starts the listener, with nothing stored; both authorities are assigned. */
  async start(limits: Partial<WefLimits> = {}): Promise<void> {
    this.ports = testPorts();
    this.ports.sources.set(this.harbour.fingerprint, HARBOUR);
    this.ports.sources.set(this.abbey.fingerprint, ABBEY);
    this.store.bookmarks.clear();
    this.store.subscriptions.clear();
    this.store.seen.length = 0;
    this.store.away = false;
    this.store.crowded = undefined;
    await this.listen(limits);
  }

  async listen(limits: Partial<WefLimits> = {}): Promise<void> {
    this.collector = await startWef(
      { port: 0, tls: { ...this.server, ca: [this.harbour.cert, this.abbey.cert] }, limits },
      this.ports,
      this.store,
    );
  }

  /** A machine with a certificate of an authority, or with none. */
  async machine(
    name: string,
    by: TestAuthority | undefined = this.harbour,
    identity?: Identity,
  ): Promise<WindowsClientStandIn> {
    const own = identity ?? (by === undefined ? {} : await by.issue({ name }));
    return this.client(name, own);
  }

  client(name: string, identity: Partial<Identity>): WindowsClientStandIn {
    const machine = new WindowsClientStandIn(name, this.collector.port, identity, this.harbour.cert);
    this.#machines.push(machine);
    return machine;
  }

  /** What the store would hold: each event once. */
  stored(): string[] {
    const seen = new Map(this.ports.logs.map((log) => [keyedId(log), log.text]));
    return [...seen.values()];
  }

  async stop(): Promise<void> {
    for (const machine of this.#machines.splice(0)) machine.close();
    await this.collector.close();
  }

  remove(): void {
    this.#folder.remove();
  }
}
