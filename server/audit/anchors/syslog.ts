import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Where anchors go by syslog. */
export interface SyslogTarget {
  readonly host: string;
  readonly port: number;
  /** TLS checks the receiver's certificate; TCP sends in the clear. */
  readonly transport: 'tls' | 'tcp';
  /** PEM text of the authority that signed the receiver's certificate. */
  readonly ca?: string;
}

/** Facility 13 (log audit), severity 6 (informational): RFC 5424, section 6.2.1. */
const PRI = 13 * 8 + 6;
const TIMEOUT = 10_000;

/** A message of RFC 5424, framed by its length in octets (RFC 5425, section 4.3; RFC 6587, section 3.4.1). */
export function syslogFrame(at: number, host: string, text: string): string {
  const name = host.replace(/[^\x21-\x7e]/g, '').slice(0, 255) || '-';
  const message = `<${PRI}>1 ${new Date(at).toISOString()} ${name} vigie ${process.pid} audit-anchor - ${text}`;
  return `${Buffer.byteLength(message)} ${message}`;
}

/** Sends one frame on a connection of its own; resolves when the receiver has taken and closed it. */
export function anchorToSyslog(target: SyslogTarget, frame: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const { host, port, ca } = target;
    const sent = () => socket.end(frame);
    const socket: Socket =
      target.transport === 'tls'
        ? connectTls(
            {
              host,
              port,
              minVersion: 'TLSv1.2',
              ...(isIP(host) === 0 ? { servername: host } : {}),
              ...(ca === undefined ? {} : { ca }),
            },
            sent,
          )
        : connectTcp({ host, port }, sent);
    let finished = false;
    socket.setTimeout(TIMEOUT, () => socket.destroy(new Error(`no answer from ${host}:${port} in time`)));
    socket.on('finish', () => {
      finished = true;
    });
    socket.on('error', reject);
    socket.on('close', () => {
      if (finished) resolve();
      else reject(new Error(`${host}:${port} closed before the anchor was sent`));
    });
    socket.resume();
  });
}
