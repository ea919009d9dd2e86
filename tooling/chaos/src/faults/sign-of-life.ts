const REDIS_PING = /^(?:\*1\r\n\$4\r\nping\r\n)+$/i;
const HTTP2_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const FRAME_HEADER_BYTES = 9;
const DATA_FRAME = 0;
const LAST_FRAME_TYPE = 9;
const ETCD_PROBE = 'weft/probe';

/**
 * Whether what a client sent at a time is no query: PINGs of our Redis driver, the probe of our etcd driver, what HTTP/2 says
 * for itself. Drivers send these all the time, of whatever length their pauses are. RFC 9113, 4.1: frames.
 */
export function isSignOfLife(sent: Buffer): boolean {
  const queries = messagesIn(sent)?.filter((message) => !message.includes(ETCD_PROBE));
  return queries ? queries.length === 0 : REDIS_PING.test(sent.toString('latin1'));
}

/** The contents of the DATA frames; undefined when these are no whole frames of HTTP/2. */
function messagesIn(sent: Buffer): readonly Buffer[] | undefined {
  const messages: Buffer[] = [];
  let at = sent.subarray(0, HTTP2_PREFACE.length).equals(Buffer.from(HTTP2_PREFACE)) ? HTTP2_PREFACE.length : 0;
  while (at + FRAME_HEADER_BYTES <= sent.length) {
    const end = at + FRAME_HEADER_BYTES + sent.readUIntBE(at, 3);
    const type = sent.readUInt8(at + 3);
    if (type > LAST_FRAME_TYPE) return undefined;
    if (type === DATA_FRAME && end > at + FRAME_HEADER_BYTES) messages.push(sent.subarray(at + FRAME_HEADER_BYTES, end));
    at = end;
  }
  return at === sent.length ? messages : undefined;
}
