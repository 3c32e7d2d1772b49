import { readFileSync } from 'node:fs';
import {
  type KafkaState,
  startGelf,
  startKafka,
  startLumberjack,
  startNetflow,
  startWef,
  type TlsMaterial,
  type WefStore,
} from '../../collect/index.ts';
import { ChangingFiles } from '../changing-files.ts';
import type { Config } from '../config-schema.ts';
import { type Base, DRAIN_PATIENCE } from './base.ts';
import type { Collecting } from './collecting.ts';
import { listen } from './listen.ts';

/** Opens the listeners that have a port: Lumberjack, GELF, NetFlow, Windows Event Forwarding; and reads Kafka's topics. */
export async function openListeners(
  base: Base,
  collecting: Collecting,
  exists: (tenant: string, source: string) => boolean,
  wef: WefStore,
): Promise<void> {
  await openLumberjack(base, collecting);
  await openGelf(base, collecting);
  await openNetflow(base, collecting);
  await openWef(base, collecting, wef);
  beginKafka(base, collecting, exists);
}

async function openLumberjack(base: Base, { ports, listening }: Collecting): Promise<void> {
  const { host, port, tls, maxConnections } = base.options.config.lumberjack;
  if (port === undefined) return;
  const collector = await listen(
    () =>
      startLumberjack(
        {
          host,
          port,
          tls: material(tls),
          limits: { connections: maxConnections, drainTimeout: DRAIN_PATIENCE },
        },
        ports,
      ),
    `Lumberjack's port ${port} of ${host}`,
    'lumberjack.port',
  );
  base.onStop(() => collector.close());
  listening.lumberjack = { port: collector.port, tls: tls !== undefined };
  isRunning(base, 'lumberjack', `port ${collector.port}${tls === undefined ? '' : ', TLS'}`);
}

async function openGelf(base: Base, { ports, listening }: Collecting): Promise<void> {
  const { host, udpPort, tcpPort, tls } = base.options.config.gelf;
  if (udpPort === undefined && tcpPort === undefined) return;
  const collector = await listen(
    () =>
      startGelf(
        {
          ...(udpPort === undefined ? {} : { udp: { host, port: udpPort } }),
          ...(tcpPort === undefined ? {} : { tcp: { host, port: tcpPort, tls: material(tls) } }),
          limits: { drainTimeout: DRAIN_PATIENCE },
        },
        ports,
      ),
    `GELF's port (${[udpPort, tcpPort].filter((one) => one !== undefined).join(', ')}) of ${host}`,
    'gelf.udpPort or gelf.tcpPort',
  );
  base.onStop(() => collector.close());
  const { udp, tcp } = collector.addresses;
  listening.gelf = { udp, tcp };
  const open = [udp === undefined ? '' : `UDP ${udp}`, tcp === undefined ? '' : `TCP ${tcp}`];
  isRunning(base, 'gelf', open.filter((one) => one !== '').join(', '));
}

async function openNetflow(base: Base, { ports, listening }: Collecting): Promise<void> {
  const { host, port } = base.options.config.netflow;
  if (port === undefined) return;
  const collector = await listen(
    () => startNetflow({ host, port, limits: { drainTimeout: DRAIN_PATIENCE } }, ports),
    `NetFlow's port ${port} of ${host}`,
    'netflow.port',
  );
  base.onStop(() => collector.close());
  listening.netflow = { port: collector.port };
  isRunning(base, 'netflow', `UDP ${collector.port}`);
}

async function openWef(base: Base, { ports, listening }: Collecting, store: WefStore): Promise<void> {
  const { host, port, cert, key, ca, crl, maxConnections } = base.options.config.wef;
  // The schema has seen to it that the three are there with the port.
  if (port === undefined || cert === undefined || key === undefined || ca === undefined) return;
  const files = new ChangingFiles({ cert, key, ca, crl });
  const collector = await listen(
    () =>
      startWef(
        {
          host,
          port,
          tls: files.read(),
          limits: { connections: maxConnections, drainTimeout: DRAIN_PATIENCE },
        },
        ports,
        store,
      ),
    `Windows Event Forwarding's port ${port} of ${host}`,
    'wef.port',
  );
  base.onStop(() => collector.close());
  const took = (detail: string): void => {
    listening.wef = { port: collector.port, authorities: collector.authorities };
    isRunning(base, 'wef', `port ${collector.port}, TLS${detail}`);
  };
  took('');
  const watching = files.watch(
    (tls) => {
      collector.renew(tls);
      took('');
    },
    (error) => {
      base.options.log.warn(
        { err: error },
        'changed certificates of wef not taken up; the earlier ones stay',
      );
      took('; changed certificates can’t be used, the earlier ones stay');
    },
  );
  base.onStop(() => watching.stop());
}

function beginKafka(
  base: Base,
  { ports, listening }: Collecting,
  exists: (tenant: string, source: string) => boolean,
): void {
  const { brokers, group, from, security, ca, cert, key, mechanism, user, password, topics } =
    base.options.config.kafka;
  if (brokers.length === 0 || topics.length === 0) return;
  const read = topics.map((text) => {
    // The schema has seen to the form: TOPIC=TENANT/SOURCE.
    const [topic = '', owner = ''] = text.split('=', 2);
    const [tenant = '', source = ''] = owner.split('/', 2);
    return { topic, tenant, source };
  });
  let restarts = 0;
  let last: KafkaState | undefined;
  const collector = startKafka(
    {
      brokers,
      group,
      from,
      topics: read,
      ...(security === 'plain'
        ? {}
        : {
            tls: {
              ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
              ...(cert === undefined ? {} : { cert: readFileSync(cert) }),
              ...(key === undefined ? {} : { key: readFileSync(key) }),
            },
          }),
      ...(user === undefined ? {} : { sasl: { mechanism, user, password: password ?? '' } }),
      limits: { drainTimeout: DRAIN_PATIENCE },
    },
    {
      ...ports,
      exists,
      onState: (state) => {
        if (last?.state === state.state && last.detail === state.detail) return;
        last = state;
        if (state.state === 'restarting') restarts++;
        base.onState({ name: 'kafka', restarts, since: base.now(), ...state });
      },
    },
  );
  base.onStop(() => collector.close());
  listening.kafka = { brokers, topics: read };
}

type Tls = Config['lumberjack']['tls'];

function material(tls: Tls): TlsMaterial | undefined {
  if (tls === undefined) return undefined;
  return {
    cert: readFileSync(tls.cert),
    key: readFileSync(tls.key),
    ...(tls.ca === undefined ? {} : { ca: readFileSync(tls.ca), clientCertificates: tls.clientCertificates }),
  };
}

function isRunning(base: Base, name: string, detail: string): void {
  base.onState({ name, state: 'running', restarts: 0, since: base.now(), detail });
}
