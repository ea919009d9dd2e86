import type { Random } from '@weft/core';
import type { Blueprint } from './blueprint.js';

const CHARACTERS = 8;

/** A blueprint whose service has an id: log lines tell it from the first one on, which is before there is a service. */
export function withInstanceId(blueprint: Blueprint): Blueprint {
  const { config, random } = blueprint;
  const { service } = config;
  if (!service || service.id !== undefined) return blueprint;
  return { ...blueprint, config: { ...config, service: { ...service, id: `${service.name}-${randomText(random)}` } } };
}

function randomText(random: Random): string {
  return Array.from({ length: CHARACTERS }, () => Math.floor(random() * 36).toString(36)).join('');
}
