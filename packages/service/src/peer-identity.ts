import type { Socket } from 'node:net';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import type { PeerIdentity } from '@weft/core';

const ALTERNATIVE = /([^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/gy;

/** Who is at the other end; undefined without TLS, and when there is no certificate of an authority that the server trusts. */
export function peerIdentity(socket: Socket): PeerIdentity | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { subject, subjectaltname = '', fingerprint256 }: Partial<PeerCertificate> = socket.getPeerCertificate();
  if (fingerprint256 === undefined) return undefined;
  const names = [...subjectaltname.matchAll(ALTERNATIVE)];
  const ofKind = (kind: string) => names.flatMap(([, is, name = '']) => (is === kind ? [unquoted(name)] : []));
  const commonName: unknown = subject?.CN;
  return {
    commonName: typeof commonName === 'string' ? commonName : undefined,
    dnsNames: ofKind('DNS'),
    uris: ofKind('URI'),
    fingerprint256,
  };
}

/** Node writes a name with a comma or a quote in it as JSON, so that it cannot pass for two (CVE-2021-44532). */
function unquoted(name: string): string {
  return name.startsWith('"') ? String(JSON.parse(name)) : name;
}
