/** HTTP/2, RFC 9113: a frame begins with 24 bits of length, 8 of type, 8 of flags and 32 of stream; HEADERS (1) begin a request. */
const FRAME_HEAD = 9;
const HEADERS = 1;

/** @type {Readonly<Record<string, (sent: Buffer) => number>>} */
const counters = {
  // A command of RESP is an array of texts; our records have no such line in them.
  redis: (sent) => count(sent.toString('latin1'), /\*\d+\r\n\$/g),
  consul: (sent) => count(sent.toString('latin1'), /(?:GET|PUT) \/v1\/\S* HTTP\/1\.1\r\n/g),
  etcd: (sent) => {
    let requests = 0;
    for (let at = 0; at + FRAME_HEAD <= sent.length; at += FRAME_HEAD + sent.readUIntBE(at, 3)) {
      if (sent[at + 3] === HEADERS) requests++;
    }
    return requests;
  },
};

/**
 * How many requests there are in what a connection has sent; it has to begin with the begin of one.
 * @param {string} server
 * @param {Buffer} sent
 */
export function requestsIn(server, sent) {
  return counters[server]?.(sent) ?? Number.NaN;
}

/**
 * @param {string} text
 * @param {RegExp} pattern
 */
function count(text, pattern) {
  return [...text.matchAll(pattern)].length;
}
