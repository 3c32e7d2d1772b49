import type { Listening } from './listening.ts';
import type { ShipperSnippet } from './snippet.ts';
import { listenerSnippets } from './snippets-listeners.ts';

export type { ShipperSnippet } from './snippet.ts';

/** Where and as whom a shipper sends. */
interface Target {
  readonly url: URL;
  /** Scheme, host and an explicit port: Beats would otherwise take 9200. */
  readonly origin: string;
  readonly host: string;
  readonly port: string;
  readonly syslogPort: number;
  readonly source: string;
  readonly token: string;
  readonly note: string;
}

/**
 * What to paste into the shippers that people already have, so that they send to a source.
 *
 * HTTP shippers carry the token. Syslog has none: its lines are the source's when the sender's address (or its
 * certificate's name) is assigned to the source, and wait in quarantine until then; each such text says so.
 *
 * @param baseUrl address of the server as senders reach it, e.g. `https://vigie.example.org`
 * @param syslogPort of the syslog listener, UDP and TCP
 * @param tenant name for people, used in comments only
 * @param source id of the source
 * @param token the source's secret
 * @param listening the listeners that are open beside syslog and HTTP, narrowed to the source
 * @throws TypeError when `baseUrl` is not a URL
 */
export function shipperSnippets(
  baseUrl: string,
  syslogPort: number,
  tenant: string,
  source: string,
  token: string,
  listening: Listening = {},
): ShipperSnippet[] {
  const url = new URL(baseUrl);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const target: Target = {
    url,
    origin: `${url.protocol}//${url.hostname}:${port}`,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    syslogPort,
    source,
    token,
    note: oneLine(`Vigie: ${tenant}, source ${source}`),
  };
  return [
    rsyslog(target),
    syslogNg(target),
    filebeat(target),
    winlogbeat(target),
    fluentBit(target),
    vector(target),
    logstash(target),
    nxlog(target),
    otelCollector(target),
    splunkForwarder(target),
    splunkHec(target),
    curl(target),
    logger(target),
    ...listenerSnippets({ ...target, assign: ASSIGN }, listening),
  ];
}

const ASSIGN = 'Assign the address of this sender to the source; until then its lines wait in quarantine.';

function rsyslog(to: Target): ShipperSnippet {
  return {
    shipper: 'rsyslog',
    title: 'rsyslog: /etc/rsyslog.d/60-vigie.conf',
    language: 'conf',
    text: `# ${to.note}
# ${ASSIGN}
# The queue keeps lines on disk while the server can't be reached.
*.* action(
  type="omfwd" target=${quoted(to.host)} port="${to.syslogPort}" protocol="tcp"
  TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format"
  queue.type="LinkedList" queue.filename="vigie" queue.maxDiskSpace="1g" queue.saveOnShutdown="on"
  action.resumeRetryCount="-1"
)
`,
  };
}

function syslogNg(to: Target): ShipperSnippet {
  return {
    shipper: 'syslog-ng',
    title: 'syslog-ng: /etc/syslog-ng/conf.d/vigie.conf',
    language: 'conf',
    text: `# ${to.note}
# ${ASSIGN}
# s_src is Debian's name of the local source; Red Hat calls it s_sys.
destination d_vigie {
  syslog(${quoted(to.host)} port(${to.syslogPort}) transport("tcp"));
};
log { source(s_src); destination(d_vigie); };
`,
  };
}

function filebeat(to: Target): ShipperSnippet {
  return {
    shipper: 'filebeat',
    title: 'Filebeat: filebeat.yml',
    language: 'yaml',
    text: `# ${to.note}
filebeat.inputs:
  - type: filestream
    id: vigie
    paths:
      - /var/log/*.log
${beatsOutput(to)}`,
  };
}

function winlogbeat(to: Target): ShipperSnippet {
  return {
    shipper: 'winlogbeat',
    title: 'Winlogbeat: winlogbeat.yml',
    language: 'yaml',
    text: `# ${to.note}
winlogbeat.event_logs:
  - name: Security
  - name: System
  - name: Application
  - name: Microsoft-Windows-Sysmon/Operational
  - name: Microsoft-Windows-PowerShell/Operational
  - name: Microsoft-Windows-Windows Defender/Operational
${beatsOutput(to)}`,
  };
}

function beatsOutput(to: Target): string {
  return `output.elasticsearch:
  hosts: [${quoted(`${to.origin}/elastic`)}]
  api_key: ${quoted(`vigie:${to.token}`)}
  compression_level: 3
setup.template.enabled: false
setup.ilm.enabled: false
`;
}

function fluentBit(to: Target): ShipperSnippet {
  return {
    shipper: 'fluent-bit',
    title: 'Fluent Bit: fluent-bit.conf',
    language: 'ini',
    text: `# ${to.note}
[INPUT]
    Name                tail
    Path                /var/log/*.log
    Tag                 vigie

[OUTPUT]
    Name                es
    Match               *
    Host                ${to.host}
    Port                ${to.port}
    Path                /elastic
    HTTP_User           vigie
    HTTP_Passwd         ${to.token}
    Suppress_Type_Name  On
    Compress            gzip
    Retry_Limit         no_limits
    tls                 ${to.url.protocol === 'https:' ? 'On' : 'Off'}
`,
  };
}

function vector(to: Target): ShipperSnippet {
  return {
    shipper: 'vector',
    title: 'Vector: vector.toml',
    language: 'toml',
    text: `# ${to.note}
[sources.files]
type = "file"
include = ["/var/log/*.log"]

[sinks.vigie]
type = "elasticsearch"
inputs = ["files"]
endpoints = [${quoted(`${to.origin}/elastic`)}]
api_version = "v8"
mode = "bulk"
bulk.action = "create"
bulk.index = "logs"
compression = "gzip"
auth.strategy = "basic"
auth.user = "vigie"
auth.password = ${quoted(to.token)}
buffer.type = "disk"
buffer.max_size = 1073741824
`,
  };
}

function logstash(to: Target): ShipperSnippet {
  return {
    shipper: 'logstash',
    title: 'Logstash: the output of a pipeline',
    language: 'conf',
    text: `# ${to.note}
output {
  elasticsearch {
    hosts => [${quoted(to.origin)}]
    path => "/elastic"
    user => "vigie"
    password => ${quoted(to.token)}
    index => "logs"
    action => "create"
    data_stream => "false"
    manage_template => false
    ilm_enabled => false
  }
}
`,
  };
}

function nxlog(to: Target): ShipperSnippet {
  return {
    shipper: 'nxlog',
    title: 'NXLog: nxlog.conf, Windows event log as JSON over syslog',
    language: 'conf',
    text: `# ${to.note}
# ${ASSIGN}
<Extension _json>
    Module  xm_json
</Extension>

<Extension _syslog>
    Module  xm_syslog
</Extension>

<Input eventlog>
    Module  im_msvistalog
</Input>

<Output vigie>
    Module  om_tcp
    Host    ${to.host}
    Port    ${to.syslogPort}
    Exec    $Message = to_json(); to_syslog_ietf();
</Output>

<Route vigie>
    Path    eventlog => vigie
</Route>
`,
  };
}

function otelCollector(to: Target): ShipperSnippet {
  return {
    shipper: 'opentelemetry-collector',
    title: 'OpenTelemetry Collector: config.yaml',
    language: 'yaml',
    text: `# ${to.note}
receivers:
  filelog:
    include: [/var/log/*.log]

exporters:
  otlphttp/vigie:
    endpoint: ${quoted(to.origin)}
    compression: gzip
    headers:
      Authorization: ${quoted(`Bearer ${to.token}`)}

service:
  pipelines:
    logs:
      receivers: [filelog]
      exporters: [otlphttp/vigie]
`,
  };
}

function splunkForwarder(to: Target): ShipperSnippet {
  return {
    shipper: 'splunk-forwarder',
    title: 'Splunk universal forwarder: outputs.conf',
    language: 'ini',
    text: `# ${to.note}
# ${ASSIGN}
# Uncooked data is what other systems than Splunk can read.
[tcpout]
defaultGroup = vigie

[tcpout:vigie]
server = ${to.url.hostname}:${to.syslogPort}
sendCookedData = false
`,
  };
}

function splunkHec(to: Target): ShipperSnippet {
  return {
    shipper: 'splunk-hec',
    title: 'Anything that speaks to the Splunk HTTP Event Collector',
    language: 'shell',
    text: `# ${to.note}
# URL:   ${to.origin}
# Token: ${oneLine(to.token)}
curl ${shellQuoted(`${to.origin}/services/collector/event`)} \\
  -H ${shellQuoted(`Authorization: Splunk ${to.token}`)} \\
  -d '{"host":"web-1","sourcetype":"app","event":"hello from HEC"}'
`,
  };
}

function curl(to: Target): ShipperSnippet {
  return {
    shipper: 'curl',
    title: 'curl: a file of lines, or JSON objects one a line',
    language: 'shell',
    text: `# ${to.note}
# Lines of text; for one JSON object a line, say application/x-ndjson.
curl ${shellQuoted(`${to.origin}/api/ingest/${encodeURIComponent(to.source)}`)} \\
  -H ${shellQuoted(`Authorization: Bearer ${to.token}`)} \\
  -H 'Content-Type: text/plain' \\
  --data-binary @/var/log/auth.log
`,
  };
}

function logger(to: Target): ShipperSnippet {
  return {
    shipper: 'logger',
    title: 'logger: one line, to try it',
    language: 'shell',
    text: `# ${to.note}
# ${ASSIGN}
logger --server ${shellQuoted(to.host)} --port ${to.syslogPort} --tcp --octet-count --rfc5424 --tag vigie 'hello from logger'
`,
  };
}

/** A text in double quotes, as JSON, YAML, TOML and the syslog daemons read it. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A comment must not end before its time. */
function oneLine(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, ' ');
}
