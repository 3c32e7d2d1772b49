import type { Listening, WefListening } from './listening.ts';
import type { ShipperSnippet } from './snippet.ts';

/** Where and as whom a sender of one of the listeners sends. */
interface ListenerTarget {
  readonly host: string;
  readonly token: string;
  /** One line that says whose this is. */
  readonly note: string;
  /** One line that says what to do with an unknown sender. */
  readonly assign: string;
}

/** What to paste for the listeners that are open. */
export function listenerSnippets(to: ListenerTarget, listening: Listening): ShipperSnippet[] {
  const { lumberjack, gelf, netflow, kafka, wef } = listening;
  const topic = kafka?.topics[0]?.topic;
  return [
    ...(lumberjack === undefined ? [] : [filebeatLogstash(to, lumberjack)]),
    ...(gelf?.udp === undefined && gelf?.tcp === undefined ? [] : [dockerGelf(to, gelf)]),
    ...(netflow === undefined ? [] : [ciscoNetflow(to, netflow.port)]),
    ...(wef === undefined ? [] : [windowsForwarding(to, wef)]),
    ...(kafka === undefined || topic === undefined ? [] : [kafkaProducer(to, kafka.brokers, topic)]),
  ];
}

function filebeatLogstash(to: ListenerTarget, { port, tls }: { port: number; tls: boolean }): ShipperSnippet {
  return {
    shipper: 'filebeat-logstash',
    title: 'Filebeat, Winlogbeat and other Beats: output.logstash',
    language: 'yaml',
    text: `# ${to.note}
filebeat.inputs:
  - type: filestream
    id: vigie
    paths:
      - /var/log/*.log
fields:
  vigie_token: ${JSON.stringify(to.token)}
output.logstash:
  hosts: [${JSON.stringify(`${to.host}:${port}`)}]
  compression_level: 3
${
  tls
    ? '  ssl.certificate_authorities: ["/etc/pki/vigie-ca.pem"]\n'
    : '  # Without TLS the token can be read on the way; see lumberjack.tls in the server’s configuration.\n'
}`,
  };
}

function dockerGelf(
  to: ListenerTarget,
  { udp, tcp }: { udp?: number | undefined; tcp?: number | undefined },
): ShipperSnippet {
  // TCP where it is open: datagrams can be lost.
  const address = tcp === undefined ? `udp://${to.host}:${udp}` : `tcp://${to.host}:${tcp}`;
  return {
    shipper: 'docker-gelf',
    title: 'Docker: /etc/docker/daemon.json, the gelf logging driver',
    language: 'shell',
    text: `# ${to.note}
# ${to.assign}
cat > /etc/docker/daemon.json <<'EOF'
${JSON.stringify({ 'log-driver': 'gelf', 'log-opts': { 'gelf-address': address } }, null, 2)}
EOF
systemctl restart docker
`,
  };
}

function ciscoNetflow(to: ListenerTarget, port: number): ShipperSnippet {
  return {
    shipper: 'netflow',
    title: 'Cisco IOS: flow exporter (NetFlow 9; others: the same address and port)',
    language: 'conf',
    text: `! ${to.note}
! ${to.assign}
flow exporter VIGIE
 destination ${to.host}
 transport udp ${port}
 template data timeout 60
 option sampler-table timeout 60
`,
  };
}

/** What goes into the policy of Windows; see docs/wef.md for the rest. */
function windowsForwarding(to: ListenerTarget, { port, authorities }: WefListening): ShipperSnippet {
  const manager = (thumbprint: string): string =>
    `Server=https://${to.host}:${port}/wsman/SubscriptionManager/WEC,Refresh=300,IssuerCA=${thumbprint}`;
  const lines =
    authorities.length === 0
      ? `# Name the authority of your machines' certificates among the senders of this source first (its SHA-256
# fingerprint). Its thumbprint (SHA-1) belongs at the end of this line:
${manager('THUMBPRINT')}`
      : authorities.map(({ name, thumbprint }) => `# ${name}\n${manager(thumbprint)}`).join('\n');
  return {
    shipper: 'windows-event-forwarding',
    title: 'Windows without an agent: group policy for Windows Event Forwarding',
    language: 'conf',
    text: `# ${to.note}
# Computer Configuration > Policies > Administrative Templates > Windows Components > Event Forwarding >
# Configure target Subscription Manager: Enabled, and this line. The host must be a name in the certificate of the
# listener. Each machine needs a certificate of the authority, and NETWORK SERVICE the right to read its key.
${lines}
`,
  };
}

function kafkaProducer(to: ListenerTarget, brokers: readonly string[], topic: string): ShipperSnippet {
  return {
    shipper: 'kafka',
    title: 'Kafka: Filebeat to the topic of this source',
    language: 'yaml',
    text: `# ${to.note}
filebeat.inputs:
  - type: filestream
    id: vigie
    paths:
      - /var/log/*.log
output.kafka:
  hosts: ${JSON.stringify(brokers)}
  topic: ${JSON.stringify(topic)}
  required_acks: -1
  compression: gzip
`,
  };
}
