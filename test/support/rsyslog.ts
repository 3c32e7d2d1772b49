import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon, findSender } from '../../server/collect/testing/senders.ts';

/** The rsyslog of this machine, if there is one; its absence is printed. */
export const RSYSLOGD = findSender('rsyslogd');

/** A real rsyslog of a test's own that forwards to one port over TCP. */
export class Rsyslog {
  /** File whose lines it follows; they are sent as they stand. */
  readonly file: string;
  /** Socket that `logger --socket` writes to, as programs write to `/dev/log`. */
  readonly socket: string;
  readonly #folder: string;
  readonly #daemon: Daemon;

  /** @param framing of RFC 6587: each message followed by a newline, or preceded by its length */
  constructor(port: number, framing: 'traditional' | 'octet-counted') {
    if (RSYSLOGD === undefined) throw new Error('rsyslogd is not installed');
    this.#folder = mkdtempSync(join(tmpdir(), 'vigie-rsyslog-'));
    this.file = join(this.#folder, 'auth.log');
    this.socket = join(this.#folder, 'log');
    const configuration = join(this.#folder, 'rsyslog.conf');
    writeFileSync(this.file, '');
    const forward = (template: string) =>
      `action(type="omfwd" target="127.0.0.1" port="${port}" protocol="tcp" tcp_framing="${framing}" template="${template}" action.resumeRetryCount="-1" action.resumeInterval="1")`;
    writeFileSync(
      configuration,
      `global(workDirectory="${this.#folder}" maxMessageSize="64k" localHostname="db07.example.org")
module(load="imfile" mode="inotify")
module(load="imuxsock" sysSock.use="off")
template(name="as_is" type="string" string="%msg%${framing === 'traditional' ? '\\n' : ''}")
input(type="imfile" file="${this.file}" tag="file:" ruleset="as_is")
input(type="imuxsock" socket="${this.socket}" createPath="on" useSysTimeStamp="off" ruleset="syslog")
ruleset(name="as_is") { ${forward('as_is')} }
ruleset(name="syslog") { ${forward('RSYSLOG_SyslogProtocol23Format')} }
`,
    );
    this.#daemon = new Daemon(RSYSLOGD, ['-n', '-f', configuration, '-i', join(this.#folder, 'pid')]);
  }

  /** What it printed. */
  get output(): string {
    return this.#daemon.output;
  }

  async stop(): Promise<void> {
    await this.#daemon.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
