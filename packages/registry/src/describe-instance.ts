import { epochMs, type Random, WeftError } from '@weft/core';
import { parseInstance } from './parse-instance.js';
import { descriptionOf, type ServiceDescription, type ServiceInfo, type ServiceSource } from './service-info.js';

const INSTANT_DIGITS = 9;

/**
 * The full record of what a user describes: `id` is `<name>-<8 random characters>` unless given, the incarnation a new
 * one unless given.
 * @throws WEFT_INVALID_ARGUMENT when a field is wrong
 */
export function describeInstance(source: ServiceSource, random: Random): ServiceInfo {
  const description = descriptionOf(source);
  const { host, address, port, protocol, endpoints, id, incarnation, ...rest } = description;
  try {
    return parseInstance({
      ...rest,
      id: id ?? `${description.name}-${randomText(8, random)}`,
      host: host ?? address ?? '127.0.0.1',
      endpoints: endpoints ?? [{ protocol: protocol ?? 'http', port }],
      incarnation: incarnation ?? createIncarnation(random),
    });
  } catch (error) {
    throw invalid(WeftError.from(error, 'WEFT_INVALID_ARGUMENT'));
  }
}

/** `info` with `change` applied; id, name and incarnation stay. @throws WEFT_INVALID_ARGUMENT when a field is wrong */
export function redescribeInstance(info: ServiceInfo, change: Partial<ServiceDescription>, random: Random): ServiceInfo {
  const { id, name, incarnation } = info;
  const moved = change.endpoints === undefined && change.port !== undefined;
  return describeInstance(
    {
      id,
      name,
      incarnation,
      version: change.version ?? info.version,
      host: change.host ?? change.address ?? info.host,
      ...(moved ? { port: change.port, protocol: change.protocol } : { endpoints: change.endpoints ?? info.endpoints }),
      status: change.status ?? info.status,
      healthPath: change.healthPath ?? info.healthPath,
      weight: change.weight ?? info.weight,
      zone: change.zone ?? info.zone,
      tags: change.tags ?? info.tags,
      metadata: change.metadata ?? info.metadata,
    },
    random,
  );
}

/** A start instant that sorts as text, and random characters that tell two starts in one ms apart. */
export function createIncarnation(random: Random): string {
  return `${epochMs().toString(36).padStart(INSTANT_DIGITS, '0')}-${randomText(8, random)}`;
}

function randomText(length: number, random: Random): string {
  return Array.from({ length }, () => Math.floor(random() * 36).toString(36)).join('');
}

function invalid(error: WeftError): WeftError {
  const problems = (error.problems ?? []).map(({ path, message }) => ({ path: `service.${path}`, message }));
  return new WeftError('WEFT_INVALID_ARGUMENT', `service.${error.message}`, { problems });
}
