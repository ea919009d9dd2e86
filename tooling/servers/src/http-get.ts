import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';

/** The certificate to show, as paths are read by the caller. */
export interface HttpGetTls {
  /** PEM. */
  readonly cert: string | Buffer;
  /** PEM. */
  readonly key: string | Buffer;
}

/**
 * The body of an answer with status 200 from 127.0.0.1. Any certificate will do: this only asks whether somebody is there.
 * @throws Error for any other answer, and for none within a second
 */
export function httpGetText(port: number, path: string, tls?: HttpGetTls): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path,
      timeout: 1_000,
      agent: false,
      ...(tls && { ...tls, rejectUnauthorized: false }),
    };
    const request = (tls ? httpsGet : httpGet)(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${path} was answered with ${response.statusCode}: ${text}`));
      });
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`${path} was not answered`)));
    request.on('error', reject);
  });
}
