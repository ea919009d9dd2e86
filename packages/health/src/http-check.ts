import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { invalidOption, shown } from '@weft/core';
import { boundedCheck, type CheckOptions } from './bounded-check.js';
import type { Check } from './check.js';

/** How an address is asked. */
export interface HttpCheckOptions extends CheckOptions {
  /** The status that is right, or several; default: any from 200 to 299. */
  readonly status?: number | readonly number[] | undefined;
}

/** More of an answer than this is not waited for. */
const ENOUGH_BYTES = 65_536;

/**
 * Passes when a GET of the address is answered with the right status, over a connection of its own, which is closed. Redirects are
 * not followed. User and password of the address are sent as Basic credentials; neither they nor the query are in a reason.
 * @throws WEFT_CONFIG_INVALID when the address is not one of http or https, or a status is none
 */
export function httpCheck(url: string | URL, { status, ...options }: HttpCheckOptions = {}): Check {
  const address = parseAddress(url);
  const right = status === undefined ? undefined : parseStatuses(status);
  const send = address.protocol === 'https:' ? requestHttps : requestHttp;
  return boundedCheck(`${address.origin}${address.pathname}`, options, async (signal) => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      send(address, { agent: false, signal }, resolve).on('error', reject).end();
    });
    let bytes = 0;
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      if (bytes > ENOUGH_BYTES) break;
    }
    const { statusCode = 0 } = response;
    if (right ? right.includes(statusCode) : statusCode >= 200 && statusCode < 300) return;
    throw new Error(`status ${statusCode}, expected ${right?.join(' or ') ?? '200 to 299'}`);
  });
}

function parseAddress(url: string | URL): URL {
  const address = URL.canParse(String(url)) ? new URL(url) : undefined;
  if (address && /^https?:$/.test(address.protocol)) return address;
  throw invalidOption('url', 'expected an address such as "http://localhost:8080/health"');
}

function parseStatuses(status: number | readonly number[]): readonly number[] {
  const statuses = [status].flat();
  const areRight = statuses.every((each) => Number.isInteger(each) && each >= 100 && each <= 599);
  if (statuses.length > 0 && areRight) return statuses;
  throw invalidOption('status', `${shown(status)}: expected one or several of 100 to 599`);
}
